/**
 * What two addresses of the same repository have in common: host and path in lower case, without
 * scheme, user, port 22/80/443, or ".git". `git@github.com:Acme/shop.git` → `github.com/acme/shop`.
 */
export function repositoryAddress(url: string): string {
  const { host, path } = partsOf(url);
  return `${host}/${path}`.toLowerCase();
}

/** The name people use: `acme/shop`. */
export function repositoryName(url: string): string {
  const { host, path } = partsOf(url);
  return path.split("/").slice(-2).join("/") || host;
}

/** The address without a user or password in it. */
export function withoutCredentials(url: string): string {
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  if (parsed.protocol === "ssh:" && !parsed.password) return url;
  parsed.username = "";
  parsed.password = "";
  return parsed.toString();
}

function partsOf(url: string): { host: string; path: string } {
  const scpLike = /^(?:[^@/]+@)?([^:/]+):(?!\/\/)(.+)$/.exec(url);
  if (scpLike && !url.includes("://")) return { host: scpLike[1] ?? "", path: trimPath(scpLike[2] ?? "") };
  if (!URL.canParse(url)) return { host: "", path: trimPath(url) };
  const parsed = new URL(url);
  const standard = ["", "22", "80", "443"].includes(parsed.port);
  return { host: standard ? parsed.hostname : parsed.host, path: trimPath(parsed.pathname) };
}

function trimPath(path: string): string {
  return path.replace(/^\/+|\/+$/g, "").replace(/\.git$/i, "");
}
