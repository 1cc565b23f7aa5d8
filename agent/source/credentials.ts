import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { StageError } from "../errors.ts";
import type { RepositoryUrl } from "./repository-url.ts";

/** What Git needs in order to authenticate: configuration, environment, and what must never be printed. */
export type Access = {
  config: [key: string, value: string][];
  env: Record<string, string>;
  secrets: string[];
  dispose(): Promise<void>;
};

/**
 * Reads a mounted Secret anew, so that a replaced credential counts at the next look. Files:
 * `username`+`password`, `token` (user name `x-access-token` unless given), `identity` or
 * `ssh-privatekey` with `known_hosts`, and `ca.crt`. Nothing of it ever reaches argv.
 */
export async function openAccess(
  repository: RepositoryUrl,
  directory: string | undefined,
  scratchDir: string,
): Promise<Access> {
  const read = (name: string) => readSecret(directory, name);
  const access: Access = { config: [], env: {}, secrets: [], dispose: async () => {} };
  if (repository.scheme === "ssh") return openSsh(repository, directory, scratchDir);
  if (repository.scheme === "file" || directory === undefined) return access;

  const [username, password, token, ca] = await Promise.all(
    ["username", "password", "token", "ca.crt"].map(read),
  );
  const secret = token ?? password;
  if (secret !== undefined) {
    const pair = `${username ?? "x-access-token"}:${secret}`;
    const basic = Buffer.from(pair).toString("base64");
    access.config.push(["http.extraHeader", `Authorization: Basic ${basic}`]);
    // A header follows a redirect to whichever host it names, and the credential with it.
    access.config.push(["http.followRedirects", "false"]);
    access.secrets.push(secret, basic, encodeURIComponent(secret));
  }
  if (ca !== undefined) access.env.GIT_SSL_CAINFO = join(directory, "ca.crt");
  if (secret === undefined && ca === undefined)
    throw unusable(directory, "it has neither username and password nor a token (nor a ca.crt)");
  return access;
}

async function openSsh(
  repository: RepositoryUrl,
  directory: string | undefined,
  scratchDir: string,
): Promise<Access> {
  if (directory === undefined)
    throw new StageError(
      "fetch",
      "AuthenticationFailed",
      `${repository.shown} is reached by ssh, which needs a credential: declare one with the files identity and known_hosts.`,
    );
  const identity =
    (await readSecret(directory, "identity")) ?? (await readSecret(directory, "ssh-privatekey"));
  const knownHosts = await readSecret(directory, "known_hosts");
  if (identity === undefined) throw unusable(directory, "it has no file identity (the ssh private key)");
  if (knownHosts === undefined)
    throw unusable(directory, "it has no file known_hosts (the host's public key)");
  // Mounted Secrets are group-readable, and ssh refuses such a key: it gets a private copy for this one run.
  const scratch = await mkdtemp(join(scratchDir, "ssh-"));
  await writeFile(join(scratch, "identity"), `${identity}\n`, { mode: 0o600 });
  await writeFile(join(scratch, "known_hosts"), `${knownHosts}\n`, { mode: 0o600 });
  const options = {
    BatchMode: "yes",
    StrictHostKeyChecking: "yes",
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    ForwardAgent: "no",
    UserKnownHostsFile: join(scratch, "known_hosts"),
    GlobalKnownHostsFile: "/dev/null",
    ConnectTimeout: "15",
  };
  const command = ["ssh", "-F", "/dev/null", "-i", join(scratch, "identity")];
  for (const [key, value] of Object.entries(options)) command.push("-o", `${key}=${value}`);
  return {
    config: [],
    // Git hands this one to a shell.
    env: { GIT_SSH_COMMAND: command.map(quote).join(" "), GIT_SSH_VARIANT: "ssh" },
    secrets: [identity],
    dispose: () => rm(scratch, { recursive: true, force: true }),
  };
}

const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

async function readSecret(directory: string | undefined, name: string): Promise<string | undefined> {
  if (directory === undefined) return undefined;
  try {
    const text = (await readFile(join(directory, name), "utf8")).replace(/\s+$/, "");
    return text === "" ? undefined : text;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") return undefined;
    throw unusable(directory, `its file ${name} cannot be read (${code ?? "unknown error"})`);
  }
}

function unusable(directory: string, why: string): StageError {
  return new StageError(
    "fetch",
    "CredentialUnusable",
    `The credential in ${directory} cannot be used: ${why}; correct the Secret and the next look picks it up.`,
    { next: "retry" },
  );
}
