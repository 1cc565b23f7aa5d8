import { BlockList, isIP } from "node:net";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that HTTPS_PROXY / HTTP_PROXY / NO_PROXY ask for, as Go programs read them: CIDRs and `.suffix`
 * count in NO_PROXY, and loopback is never proxied. Undefined means direct.
 */
export function proxyFor(url: URL, env: Environment): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (host === "localhost" || host === "::1" || /^127\./.test(host)) return undefined;
  const name = url.protocol === "https:" ? "https_proxy" : "http_proxy";
  const proxy = env[name] ?? env[name.toUpperCase()];
  if (!proxy || isExempt(host, url.port, env.no_proxy ?? env.NO_PROXY ?? "")) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

function isExempt(host: string, port: string, list: string): boolean {
  return list
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => {
      if (!entry) return false;
      if (entry === "*") return true;
      if (entry.includes("/")) return inCidr(host, entry);
      const [, name = entry, wanted] = /^(.*?):(\d+)$/.exec(entry) ?? [];
      if (isIP(entry)) return host === entry;
      if (wanted && wanted !== (port || "443")) return false;
      const bare = name.replace(/^\*?\./, "");
      return name.startsWith(".") || name.startsWith("*.")
        ? host.endsWith(`.${bare}`)
        : host === bare || host.endsWith(`.${bare}`);
    });
}

function inCidr(host: string, cidr: string): boolean {
  const [address = "", bits = ""] = cidr.split("/");
  const family = isIP(address);
  if (!family || isIP(host) !== family || !/^\d+$/.test(bits)) return false;
  const list = new BlockList();
  try {
    list.addSubnet(address, Number(bits), family === 6 ? "ipv6" : "ipv4");
  } catch {
    return false;
  }
  return list.check(host, family === 6 ? "ipv6" : "ipv4");
}
