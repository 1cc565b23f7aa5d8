import packageJson from "./package.json" with { type: "json" };

/** The version of this agent, as it says hello with. */
export const AGENT_VERSION: string = packageJson.version;
