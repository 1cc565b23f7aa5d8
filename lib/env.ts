import { z } from "zod";

const Role = z.enum(["web", "gateway", "worker"]);
const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgresql:// address" });
const webUrl = z
  .url({ protocol: /^https?$/, error: "must be an http(s):// address" })
  .transform((url) => url.replace(/\/+$/, ""));

const InsideAddress = z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6(), z.hostname()], {
  error: "must be a list of networks (10.1.0.0/16), addresses or host names, separated by commas",
});

const appVariables = [
  "GITHUB_APP_ID",
  "GITHUB_APP_SLUG",
  "GITHUB_APP_PRIVATE_KEY",
  "GITHUB_APP_CLIENT_ID",
  "GITHUB_APP_CLIENT_SECRET",
] as const;

/** github.com and GitHub Enterprise Cloud serve the API under a name of its own, a server of one's own below itself. */
function apiUrlOf(web: string): string {
  const { protocol, host } = new URL(web);
  return host === "github.com" || host.endsWith(".ghe.com") ? `${protocol}//api.${host}` : `${web}/api/v3`;
}

/** All configuration of the control plane. */
export const Env = z
  .object({
    /** The application's own role, which owns no table. */
    DATABASE_URL: postgresUrl,
    /** The owning role; only where this process should migrate when it starts. */
    DATABASE_OWNER_URL: postgresUrl.optional(),
    /** The address people and agents use. */
    PLUMBLINE_URL: webUrl,
    /** Signs sessions and derives the key that encrypts stored tokens. */
    PLUMBLINE_SECRET: z.string().min(32, "at least 32 characters, such as `openssl rand -base64 32` gives"),
    /** Signs the audit log's anchors: 32 bytes in base64 (`openssl rand -base64 32`); derived from PLUMBLINE_SECRET where not given. */
    PLUMBLINE_AUDIT_KEY: z
      .string()
      .refine((text) => Buffer.from(text, "base64").length === 32, "must be 32 bytes in base64")
      .optional(),
    PLUMBLINE_ROLES: z
      .string()
      .default("web,gateway,worker")
      .transform((text) => text.split(",").map((role) => role.trim()))
      .pipe(z.array(Role).min(1)),
    PORT: z.coerce.number().int().min(0).max(65535).default(4300),
    HOST: z.string().default("127.0.0.1"),
    /** Where Helm finds the agent's chart, as "Connect a cluster" says: a path in a checkout, or where you publish it. */
    PLUMBLINE_AGENT_CHART: z.string().default("./charts/plumbline-agent"),
    GITHUB_WEB_URL: webUrl.default("https://github.com"),
    /** Where GITHUB_WEB_URL's API is; as GitHub has it unless given. */
    GITHUB_API_URL: webUrl.optional(),
    GITHUB_CLIENT_ID: z.string().optional(),
    GITHUB_CLIENT_SECRET: z.string().optional(),
    /** Opens pull requests of the first organization where a repository has no token of its own. */
    GITHUB_TOKEN: z.string().optional(),
    GITHUB_WEBHOOK_SECRET: z.string().optional(),
    /** A GitHub App made by hand; one made from the dashboard is kept in the database. */
    GITHUB_APP_ID: z.coerce.number().int().positive().optional(),
    GITHUB_APP_SLUG: z
      .string()
      .regex(/^[\w-]+$/, "must be the App's name as in its address")
      .optional(),
    /** PEM, or that in base64. */
    GITHUB_APP_PRIVATE_KEY: z
      .string()
      .transform((text) => (text.includes("-----") ? text : Buffer.from(text, "base64").toString("utf8")))
      .transform((text) => text.replaceAll("\\n", "\n"))
      .refine((text) => text.includes("PRIVATE KEY-----"), "must be a private key as PEM, or that in base64")
      .optional(),
    GITHUB_APP_CLIENT_ID: z.string().optional(),
    GITHUB_APP_CLIENT_SECRET: z.string().optional(),
    REPORT_INTERVAL_MS: z.coerce.number().int().min(100).max(3_600_000).default(15_000),
    /** The relay that alerts by e-mail leave through: `smtp://` (STARTTLS) or `smtps://`; without it there is no e-mail. */
    SMTP_URL: z.url({ protocol: /^smtps?$/, error: "must be an smtp:// or smtps:// address" }).optional(),
    /** Who e-mail is from: `alerts@example.com`, or `Plumbline <alerts@example.com>`. */
    SMTP_FROM: z
      .string()
      .regex(
        /^([^<>\p{Cc}]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u,
        "must be an e-mail address, with or without a name",
      )
      .optional(),
    /** Where Slack's Web API is; only tests and gateways have it elsewhere. */
    SLACK_API_URL: webUrl.default("https://slack.com/api"),
    /** Inside networks, addresses and hosts that alerts may be posted to; none unless named. */
    PLUMBLINE_ALLOW_PRIVATE_ADDRESSES: z
      .string()
      .default("")
      .transform((text) =>
        text
          .split(",")
          .map((entry) => entry.trim().toLowerCase())
          .filter(Boolean),
      )
      .pipe(z.array(InsideAddress)),
    /** Where Prometheus asks for metrics; without a port it cannot. Never the public one. */
    METRICS_PORT: z.coerce.number().int().min(0).max(65535).optional(),
    METRICS_HOST: z.string().default("127.0.0.1"),
    LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  })
  .refine((all) => !all.METRICS_PORT || all.METRICS_PORT !== all.PORT, {
    path: ["METRICS_PORT"],
    error: "must be another port than PORT, which is public",
  })
  .refine((all) => !all.SMTP_URL || all.SMTP_FROM, {
    path: ["SMTP_FROM"],
    error: "must say who e-mail is from, as SMTP_URL is set",
  })
  .refine((all) => [0, 5].includes(appVariables.filter((name) => all[name] !== undefined).length), {
    path: ["GITHUB_APP_ID"],
    error: `a GitHub App needs all of ${appVariables.join(", ")}`,
  })
  .transform((all) => ({ ...all, GITHUB_API_URL: all.GITHUB_API_URL ?? apiUrlOf(all.GITHUB_WEB_URL) }));
export type Env = z.infer<typeof Env>;

/** Parses configuration; throws one error that lists all that is wrong with it, without any value. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const present = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = Env.safeParse(present);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(
    (issue) => `  ${issue.path.join(".") || "environment"}: ${issue.message}`,
  );
  throw new Error(`The configuration cannot be used:\n${lines.join("\n")}`);
}

/** Next compiles its own copy of every module: what must be one in a process hangs here. */
const shared = globalThis as typeof globalThis & { plumblineEnv?: Env };

/** The configuration of this process, from its environment variables unless a composition root gave another. */
export function env(): Env {
  shared.plumblineEnv ??= parseEnv(process.env);
  return shared.plumblineEnv;
}

/** Makes `value` this process's configuration; next-auth reads two variables by itself. */
export function setEnv(value: Env): void {
  shared.plumblineEnv = value;
  process.env.NEXTAUTH_URL = value.PLUMBLINE_URL;
  process.env.NEXTAUTH_SECRET = value.PLUMBLINE_SECRET;
}
