import ipaddr from "ipaddr.js";

// Azure's platform endpoint has an address that looks public; every other cloud's lies in a range refused anyway.
const PLATFORM = new Set(["168.63.129.16"]);
const GLOBAL_V6 = ipaddr.IPv6.parseCIDR("2000::/3");
const DOCUMENTATION_V6 = ipaddr.IPv6.parseCIDR("3fff::/20");
const LINK_LOCAL = [ipaddr.parseCIDR("169.254.0.0/16"), ipaddr.parseCIDR("fe80::/10")] as const;

/**
 * Whether something may be posted to an address that `host` resolved to: global unicast ones, and of all others
 * (private, loopback, link-local, shared, multicast, reserved, and IPv6 that carries an IPv4 address within) only
 * what `allowed` names as a network, an address or a host. A host's name does not allow link-local addresses, where
 * clouds serve credentials.
 */
export function mayReach(address: string, host: string, allowed: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (isGlobal(parsed)) return true;
  const plain = ipaddr.process(address);
  return allowed.some((entry) =>
    isNetwork(entry)
      ? within(plain, entry) || within(parsed, entry)
      : entry === host.toLowerCase() && !LINK_LOCAL.some((network) => matches(plain, network)),
  );
}

function isGlobal(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address.range() !== "unicast" || PLATFORM.has(address.toString())) return false;
  if (address.kind() === "ipv4") return true;
  return matches(address, GLOBAL_V6) && !matches(address, DOCUMENTATION_V6);
}

const isNetwork = (entry: string) => ipaddr.isValidCIDR(entry) || ipaddr.isValid(entry);

function within(address: ipaddr.IPv4 | ipaddr.IPv6, entry: string): boolean {
  return ipaddr.isValidCIDR(entry)
    ? matches(address, ipaddr.parseCIDR(entry))
    : ipaddr.parse(entry).toNormalizedString() === address.toNormalizedString();
}

function matches(
  address: ipaddr.IPv4 | ipaddr.IPv6,
  [network, bits]: readonly [ipaddr.IPv4 | ipaddr.IPv6, number],
) {
  return address.kind() === network.kind() && address.match(network, bits);
}
