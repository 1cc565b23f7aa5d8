import { StageError } from "../errors.ts";

/** A repository address that this agent is willing to dial. `shown` may appear in messages. */
export type RepositoryUrl = { url: string; scheme: "https" | "http" | "ssh" | "file"; shown: string };

const SCP_LIKE = /^(?:([A-Za-z0-9._-]+)@)?([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]):(?!\/\/)(.+)$/;

/**
 * Accepts https, ssh (`ssh://` and `user@host:path`) and, for loopback only, http. Refuses whatever
 * could be read as an option, other transports, and addresses that carry a credential.
 */
export function repositoryUrl(text: string, options: { allowFile?: boolean } = {}): RepositoryUrl {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here.
  if (text.startsWith("-") || /[\s\u0000-\u001f\u007f]/.test(text))
    throw refused("it is not a repository address");
  if (!text.includes("://")) {
    const scp = SCP_LIKE.exec(text);
    if (!scp || scp[2]!.startsWith("-") || scp[3]!.startsWith("-") || text.includes("::"))
      throw refused("it has no scheme; use https://host/path or git@host:path");
    return { url: text, scheme: "ssh", shown: text };
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refused("it is not a valid address");
  }
  const scheme = url.protocol.slice(0, -1);
  if (scheme === "file" && options.allowFile) return { url: text, scheme, shown: text };
  if (scheme !== "https" && scheme !== "http" && scheme !== "ssh")
    throw refused(`the scheme ${JSON.stringify(scheme)} is not allowed; use https or ssh`);
  if (url.hostname === "" || url.hostname.startsWith("-")) throw refused("it names no host");
  if (url.password !== "" || (scheme !== "ssh" && url.username !== ""))
    throw refused(
      "it has a credential in it; put the credential in a Secret and name that in the declaration",
    );
  if (url.username.startsWith("-")) throw refused("its user name begins with a dash");
  if (scheme === "http" && !isLoopback(url.hostname))
    throw refused(`http to ${url.hostname} is not encrypted; use https, or ssh`);
  return { url: text, scheme, shown: `${url.protocol}//${url.host}${url.pathname}` };
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function refused(why: string): StageError {
  return new StageError("fetch", "RepositoryRefused", `The declared repository cannot be used: ${why}.`);
}
