/** A repository's address, in parts. */
export interface RepositoryAddress {
  /** Lower case, with the port when it is not the scheme's own. */
  host: string;
  /** An account or organization; on hosts with nested groups, the whole path to the repository. */
  owner: string;
  name: string;
  /** Where a browser finds it, without a trailing slash. */
  webUrl: string;
}

/** A repository address that Plumbline does not accept, and why. */
class RepositoryUrlError extends Error {
  override name = "RepositoryUrlError";
}

const SCP = /^(?:([\w.-]+)@)?([\w.-]+):(?!\/\/)(.+)$/;
const SEGMENT = /^(?!\.+$)[\w.-]+$/;

/**
 * Reads `https://host/owner/name(.git)`, `ssh://git@host/owner/name` and `git@host:owner/name`.
 * Throws `RepositoryUrlError` for a URL with credentials, another scheme, or no owner and name.
 * No message repeats the address: it may hold a token.
 */
export function parseRepositoryUrl(url: string): RepositoryAddress {
  const text = url.trim();
  const scp = text.includes("://") ? null : SCP.exec(text);
  if (scp) return address("https:", scp[2]!.toLowerCase(), scp[3]!);
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch {
    throw new RepositoryUrlError(
      "This is no repository address: use https://host/owner/name or git@host:owner/name",
    );
  }
  const scheme = parsed.protocol;
  if (!["http:", "https:", "ssh:"].includes(scheme))
    throw new RepositoryUrlError(
      `A repository is reached by https or ssh, not by ${scheme.replace(":", "")}`,
    );
  if (parsed.password || (scheme !== "ssh:" && parsed.username))
    throw new RepositoryUrlError("Leave credentials out of the address: give the token in its own field");
  if (parsed.search || parsed.hash)
    throw new RepositoryUrlError(
      "A repository address has no query and no fragment: leave out what follows ? or #",
    );
  // A browser does not speak ssh, and its port says nothing about the web server's.
  if (scheme === "ssh:") return address("https:", parsed.hostname.toLowerCase(), parsed.pathname);
  return address(scheme, parsed.host.toLowerCase(), parsed.pathname);
}

function address(scheme: string, host: string, path: string): RepositoryAddress {
  const segments = path
    .replace(/^\/+|\/+$/g, "")
    .replace(/\.git$/i, "")
    .split("/");
  if (segments.length < 2 || !host || !segments.every((segment) => SEGMENT.test(segment)))
    throw new RepositoryUrlError(
      "A repository address ends in owner/name, e.g. https://github.com/acme/fleet",
    );
  const name = segments.at(-1)!;
  const owner = segments.slice(0, -1).join("/");
  return { host, owner, name, webUrl: `${scheme}//${host}/${owner}/${name}` };
}
