import { describe, expect, test } from "vitest";
import { mayReach } from "./addresses.ts";
import { refusalOfUrl } from "./guarded-fetch.ts";

const inside = [
  ["this host", "0.0.0.0"],
  ["this network", "0.1.2.3"],
  ["loopback", "127.0.0.1"],
  ["all of loopback", "127.255.255.254"],
  ["private", "10.0.0.1"],
  ["private", "172.16.0.1"],
  ["private, the last", "172.31.255.255"],
  ["private", "192.168.1.1"],
  ["carrier-grade NAT", "100.64.0.1"],
  ["Alibaba's metadata", "100.100.100.200"],
  ["link-local metadata of most clouds", "169.254.169.254"],
  ["ECS credentials", "169.254.170.2"],
  ["Azure's platform", "168.63.129.16"],
  ["Oracle's metadata", "192.0.0.192"],
  ["6to4 relays", "192.88.99.1"],
  ["documentation", "192.0.2.1"],
  ["documentation", "203.0.113.1"],
  ["benchmarks", "198.18.0.1"],
  ["multicast", "224.0.0.1"],
  ["reserved", "240.0.0.1"],
  ["broadcast", "255.255.255.255"],
  ["unspecified", "::"],
  ["loopback", "::1"],
  ["IPv4-compatible", "::127.0.0.1"],
  ["IPv4-mapped loopback", "::ffff:127.0.0.1"],
  ["IPv4-mapped, in hexadecimal", "::ffff:7f00:1"],
  ["IPv4-mapped public", "::ffff:8.8.8.8"],
  ["IPv4-translated", "::ffff:0:127.0.0.1"],
  ["NAT64", "64:ff9b::7f00:1"],
  ["local NAT64", "64:ff9b:1::a00:1"],
  ["6to4", "2002:7f00:1::"],
  ["Teredo", "2001:0:7f00:1::"],
  ["link-local", "fe80::1"],
  ["link-local with a zone", "fe80::1%eth0"],
  ["unique local", "fd00::1"],
  ["AWS metadata", "fd00:ec2::254"],
  ["site-local", "fec0::1"],
  ["multicast", "ff02::1"],
  ["discard", "100::1"],
  ["documentation", "2001:db8::1"],
  ["documentation", "3fff::1"],
  ["segment routing", "5f00::1"],
  ["never assigned", "4000::1"],
  ["no address at all", "example.com"],
] as const;

test.each(inside)("%s (%s) is not reached", (_what, address) => {
  expect(mayReach(address, "receiver.example", [])).toBe(false);
});

test.each([
  "1.1.1.1",
  "93.184.216.34",
  "172.32.0.1",
  "100.128.0.1",
  "2606:4700:4700::1111",
  "2a00:1450:4001::1",
])("%s is reached", (address) => expect(mayReach(address, "receiver.example", [])).toBe(true));

describe("what the operator has named", () => {
  test("a network lets its addresses through, and those only", () => {
    expect(mayReach("10.1.2.3", "receiver.example", ["10.1.0.0/16"])).toBe(true);
    expect(mayReach("::ffff:10.1.2.3", "receiver.example", ["10.1.0.0/16"])).toBe(true);
    expect(mayReach("10.2.2.3", "receiver.example", ["10.1.0.0/16"])).toBe(false);
    expect(mayReach("fd00:1::5", "receiver.example", ["fd00:1::/32"])).toBe(true);
    expect(mayReach("fd00:2::5", "receiver.example", ["10.1.0.0/16", "fd00:1::/32"])).toBe(false);
  });

  test("one address lets itself through, however it is written", () => {
    expect(mayReach("127.0.0.1", "receiver.example", ["127.0.0.1"])).toBe(true);
    expect(mayReach("127.0.0.2", "receiver.example", ["127.0.0.1"])).toBe(false);
    expect(mayReach("fd00:1::5", "receiver.example", ["fd00:1:0::0005"])).toBe(true);
  });

  test("a host lets its own name through, but not to where clouds serve credentials", () => {
    expect(mayReach("10.0.0.1", "Receiver.internal", ["receiver.internal"])).toBe(true);
    expect(mayReach("10.0.0.1", "other.internal", ["receiver.internal"])).toBe(false);
    expect(mayReach("169.254.169.254", "receiver.internal", ["receiver.internal"])).toBe(false);
    expect(mayReach("fe80::1", "receiver.internal", ["receiver.internal"])).toBe(false);
    expect(mayReach("169.254.169.254", "receiver.internal", ["169.254.169.254"])).toBe(true);
  });
});

describe("an address typed as numbers", () => {
  test.each([
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://0x7f.1/",
    "https://127.1/",
    "https://0/",
    "https://127.0.0.1./",
    "https://①②⑦.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[0:0:0:0:0:ffff:7f00:1]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://0xa9fea9fe/",
  ])("%s is refused without asking anybody", (url) => {
    expect(refusalOfUrl(new URL(url), [])).toContain("is an inside address");
  });

  test("one with a zone is no address of the web", () => {
    expect(URL.canParse("https://[fe80::1%25eth0]/")).toBe(false);
  });

  test("plain http is for what the operator has named", () => {
    expect(refusalOfUrl(new URL("http://example.com/"), ["127.0.0.0/8"])).toContain("use https://");
    expect(refusalOfUrl(new URL("http://1.1.1.1/"), ["127.0.0.0/8"])).toContain("use https://");
    expect(refusalOfUrl(new URL("http://127.0.0.1:8080/"), ["127.0.0.0/8"])).toBeNull();
    expect(refusalOfUrl(new URL("http://receiver.internal/"), ["receiver.internal"])).toBeNull();
  });
});
