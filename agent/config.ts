import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { z } from "zod";

/** The agent was started with settings it cannot use; the message lists every one of them. */
export class ConfigError extends Error {
  constructor(complaints: string[]) {
    super(
      `The agent cannot start with these settings:\n${complaints.map((line) => `  - ${line}`).join("\n")}`,
    );
    this.name = "ConfigError";
  }
}

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

const ControlPlaneUrl = z
  .url({
    protocol: /^https?$/,
    error: "must be the control plane's address, such as https://plumbline.example.com",
  })
  .transform((text) => new URL(text))
  .refine((url) => url.protocol === "https:" || loopback.has(url.hostname), {
    error: "must begin with https://; plain http is for loopback addresses only",
  })
  .refine((url) => url.username === "" && url.password === "", {
    error: "must hold no user name or password; the token goes into PLUMBLINE_TOKEN or PLUMBLINE_TOKEN_FILE",
  })
  .transform((url) => url.href.replace(/\/+$/, ""));

const path = z
  .string()
  .min(1)
  .transform((text) => resolve(text));

const Settings = z.object({
  PLUMBLINE_URL: ControlPlaneUrl,
  PLUMBLINE_TOKEN: z.string().min(1).optional(),
  PLUMBLINE_TOKEN_FILE: path.optional(),
  PLUMBLINE_ENVIRONMENTS_FILE: path,
  PLUMBLINE_DATA_DIR: path,
  PLUMBLINE_CA_FILE: path.optional(),
  PLUMBLINE_CONTEXT: z.string().optional(),
  PLUMBLINE_HELM: z.string().default("helm"),
  PLUMBLINE_KUBECTL: z.string().default("kubectl"),
  PLUMBLINE_LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal"], {
      error: "must be one of trace, debug, info, warn, error, fatal",
    })
    .default("info"),
  PLUMBLINE_HEALTH_PORT: z.coerce
    .number({ error: "must be a port number" })
    .int()
    .min(0, { error: "must be a port number" })
    .max(65_535, { error: "must be a port number" })
    .optional(),
  PLUMBLINE_MASK_KEY_FILE: path.optional(),
  KUBECONFIG: z.string().optional(),
  HTTPS_PROXY: z.string().optional(),
  HTTP_PROXY: z.string().optional(),
  NO_PROXY: z.string().optional(),
});

/** Everything the agent is told from outside, checked once. */
export type Config = {
  url: string;
  /** Reads the token anew each time, so that a rotated Secret counts from the next request on. */
  token: () => string;
  environmentsFile: string;
  dataDir: string;
  /** PEM of an own certificate authority, trusted besides the system's. */
  ca?: string;
  proxy: { https?: string; http?: string; except?: string };
  kubeconfig?: string;
  context?: string;
  engines: { helm: string; kubectl: string };
  logLevel: "trace" | "debug" | "info" | "warn" | "error" | "fatal";
  healthPort?: number;
  maskKeyFile?: string;
};

/** Reads the agent's settings from environment variables; throws ConfigError with all failures at once. */
export function readConfig(variables: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(
    Object.keys(Settings.shape)
      .map((name) => [
        name,
        variables[name] ?? (name.endsWith("_PROXY") ? variables[name.toLowerCase()] : undefined),
      ])
      .filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = Settings.safeParse(given);
  const complaints = parsed.success
    ? []
    : parsed.error.issues.map((issue) => {
        const name = String(issue.path[0]);
        return name in given ? `${name} ${issue.message}` : `${name} is not set`;
      });
  if (!given.PLUMBLINE_TOKEN && !given.PLUMBLINE_TOKEN_FILE)
    complaints.push("PLUMBLINE_TOKEN or PLUMBLINE_TOKEN_FILE is not set");
  const ca =
    given.PLUMBLINE_CA_FILE && readable(String(given.PLUMBLINE_CA_FILE), "PLUMBLINE_CA_FILE", complaints);
  if (!parsed.success || complaints.length > 0) throw new ConfigError(complaints);

  const settings = parsed.data;
  return {
    url: settings.PLUMBLINE_URL,
    token: settings.PLUMBLINE_TOKEN_FILE
      ? tokenFrom(settings.PLUMBLINE_TOKEN_FILE)
      : () => settings.PLUMBLINE_TOKEN ?? "",
    environmentsFile: settings.PLUMBLINE_ENVIRONMENTS_FILE,
    dataDir: settings.PLUMBLINE_DATA_DIR,
    ca: ca || undefined,
    proxy: { https: settings.HTTPS_PROXY, http: settings.HTTP_PROXY, except: settings.NO_PROXY },
    kubeconfig: settings.KUBECONFIG,
    context: settings.PLUMBLINE_CONTEXT,
    engines: { helm: settings.PLUMBLINE_HELM, kubectl: settings.PLUMBLINE_KUBECTL },
    logLevel: settings.PLUMBLINE_LOG_LEVEL,
    healthPort: settings.PLUMBLINE_HEALTH_PORT,
    maskKeyFile: settings.PLUMBLINE_MASK_KEY_FILE,
  };
}

/** What `plumb diff` and `plumb render` need of the surroundings: where the engines and the kubeconfig are. */
export function readCliConfig(variables: Record<string, string | undefined> = process.env) {
  const cache =
    variables.PLUMBLINE_CACHE || join(variables.XDG_CACHE_HOME || join(homedir(), ".cache"), "plumbline");
  const engine = (name: string) =>
    [
      ...(variables.PATH ?? "").split(delimiter).map((folder) => join(folder, name)),
      ...cachedEngines(cache, name),
    ].find((file) => existsSync(file)) ?? name;
  return {
    engines: {
      helm: variables.PLUMBLINE_HELM || engine("helm"),
      kubectl: variables.PLUMBLINE_KUBECTL || engine("kubectl"),
    },
    kubeconfig: variables.KUBECONFIG || undefined,
    colour: !variables.NO_COLOR,
  };
}

/** Engines that set-up has unpacked on this machine, for those who have none of their own. */
function cachedEngines(cache: string, name: string): string[] {
  try {
    return readdirSync(join(cache, "engines")).map((folder) => join(cache, "engines", folder, name));
  } catch {
    return [];
  }
}

function readable(file: string, name: string, complaints: string[]): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    complaints.push(`${name} names a file that cannot be read: ${(error as Error).message}`);
    return "";
  }
}

/** Reads the token's file at each call and remembers the last good one for the moment of a swap. */
function tokenFrom(file: string): () => string {
  let last = "";
  return () => {
    try {
      last = readFileSync(file, "utf8").trim() || last;
    } catch {
      // A Secret's symlink is being swapped, or not mounted yet: the last token is the best answer.
    }
    return last;
  };
}
