/** The wire version this build speaks; it stands in every path, so a newer agent is told plainly. */
export const PROTOCOL_VERSION = 1;

/** Path prefix of every agent route, without a trailing slash. */
export const AGENT_API = `/api/agent/v${PROTOCOL_VERSION}`;
