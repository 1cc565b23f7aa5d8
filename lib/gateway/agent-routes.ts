import type { IncomingMessage } from "node:http";
import { type Agent, authenticateAgent } from "../auth/agent-tokens.ts";
import { enterSession } from "../clusters/enter-session.ts";
import { maxRequestBytes, recordSession } from "../clusters/record-session.ts";
import { recordReport } from "../environments/record-report.ts";
import { refuseReport } from "../environments/refuse-report.ts";
import { AppError } from "../errors.ts";
import { recordManifests } from "../manifests/record-manifests.ts";
import { measureReport } from "../metrics/measure.ts";
import { ManifestsRequest, ReportsRequest, type ReportsResponse } from "../protocol/report.ts";
import { SessionRequest } from "../protocol/session.ts";
import { AGENT_API, PROTOCOL_VERSION } from "../protocol/version.ts";
import { BodyError, parseJson, parseWith, readBody } from "./body.ts";

const limits = { wireBytes: 8 * 1024 * 1024, bytes: maxRequestBytes };

/** Answers one request to the agents' API, `hints` aside; throws what went wrong. */
export async function answerAgent(request: IncomingMessage, path: string): Promise<unknown> {
  const other = otherVersion(path);
  if (other) return refuseVersion(request, path, other);
  const agent = await authenticateAgent(request.headers.authorization);
  const route = routes[path.slice(AGENT_API.length + 1)];
  if (!route) throw new AppError("not-found", `The agents' API has no ${path.slice(0, 200)}.`);
  if (request.method !== "POST") throw new AppError("invalid", `Send this as POST, not ${request.method}.`);
  return route(agent, request);
}

/** The `unsupported` error for a version of the API that this server does not speak; null for its own. */
function otherVersion(path: string): AppError | null {
  const version = /^\/api\/agent\/v(\d+)(\/|$)/.exec(path)?.[1];
  if (version === String(PROTOCOL_VERSION)) return null;
  return new AppError(
    "unsupported",
    `This server speaks version ${PROTOCOL_VERSION} of the agents' protocol${version ? `, not ${version}` : ""}; use an agent that speaks it too, or upgrade the control plane.`,
    { details: { speaks: [PROTOCOL_VERSION] } },
  );
}

/** A report of another version is refused on the pages it is about; whoever has no token only hears of the version. */
async function refuseVersion(request: IncomingMessage, path: string, other: AppError): Promise<never> {
  if (!path.endsWith("/reports")) throw other;
  const agent = await authenticateAgent(request.headers.authorization).catch(() => null);
  if (!agent) throw other;
  await readReports(agent, request, other);
  throw other;
}

/** Set by server.ts from the connection itself. */
function addressOf(request: IncomingMessage): string | null {
  const value = request.headers["x-plumbline-address"];
  return typeof value === "string" && value ? value : null;
}

type Route = (agent: Agent, request: IncomingMessage) => Promise<unknown>;

const routes: Record<string, Route | undefined> = {
  session: async (agent, request) => {
    const input = parseWith(SessionRequest, parseJson(await readBody(request, limits)));
    return recordSession({ agent, input, address: addressOf(request) });
  },
  reports: async (agent, request) => {
    const input = await readReports(agent, request);
    await enterSession({ agent, session: input.session });
    const answer: ReportsResponse = { results: [], lacking: [] };
    for (const report of input.reports) {
      const { result, lacking } = await measureReport(() => recordReport({ agent, report }));
      answer.results.push(result);
      answer.lacking.push(...lacking);
    }
    answer.lacking = [...new Set(answer.lacking)];
    return answer;
  },
  manifests: async (agent, request) => {
    const input = parseWith(ManifestsRequest, parseJson(await readBody(request, limits)));
    await enterSession({ agent, session: input.session });
    return recordManifests({ agent, input });
  },
};

/**
 * A request with one bad report is refused whole, and so is one that is refused `already`; the environments it
 * names say so on their pages.
 */
async function readReports(
  agent: Agent,
  request: IncomingMessage,
  already?: AppError,
): Promise<ReportsRequest> {
  let value: unknown;
  try {
    value = parseJson(await readBody(request, limits));
    if (already) throw already;
    return parseWith(ReportsRequest, value);
  } catch (error) {
    const read = error instanceof BodyError ? error.beginning : value;
    return refuseReport({ agent, error: already ?? error, read });
  }
}
