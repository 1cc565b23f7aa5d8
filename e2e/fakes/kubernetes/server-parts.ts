import type { Tokens } from "./identity.ts";
import type { JsonMap } from "./json.ts";
import type { OpenApi } from "./openapi.ts";
import type { WatchTimes } from "./watches.ts";
import type { Writes } from "./writes.ts";

/** What the request handler serves from. */
export interface ServerParts {
  writes: Writes;
  openapi: OpenApi;
  tokens: Tokens;
  versionInfo: JsonMap;
  watchTimes: WatchTimes;
  log: (line: string) => void;
}
