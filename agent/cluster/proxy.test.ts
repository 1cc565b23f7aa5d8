import { expect, test } from "vitest";
import { proxyFor } from "./proxy.ts";

const proxy = "http://proxy.example:3128";

test.each([
  ["https://api.example.com", { HTTPS_PROXY: proxy }, proxy],
  ["https://api.example.com", { https_proxy: "proxy.example:3128" }, proxy],
  ["https://api.example.com", { HTTP_PROXY: proxy }, undefined],
  ["http://api.example.com", { HTTP_PROXY: proxy }, proxy],
  ["https://127.0.0.1:6443", { HTTPS_PROXY: proxy }, undefined],
  ["https://localhost", { HTTPS_PROXY: proxy }, undefined],
  ["https://[::1]:6443", { HTTPS_PROXY: proxy }, undefined],
  ["https://10.96.0.1:443", { HTTPS_PROXY: proxy, NO_PROXY: "10.0.0.0/8" }, undefined],
  ["https://11.96.0.1:443", { HTTPS_PROXY: proxy, NO_PROXY: "10.0.0.0/8" }, proxy],
  ["https://[fd00::1]:443", { HTTPS_PROXY: proxy, NO_PROXY: "10.0.0.0/8, fd00::/8" }, undefined],
  ["https://api.example.com", { HTTPS_PROXY: proxy, NO_PROXY: "example.com" }, undefined],
  ["https://api.example.com", { HTTPS_PROXY: proxy, NO_PROXY: ".example.com" }, undefined],
  ["https://example.com", { HTTPS_PROXY: proxy, NO_PROXY: ".example.com" }, proxy],
  ["https://badexample.com", { HTTPS_PROXY: proxy, NO_PROXY: "example.com" }, proxy],
  ["https://api.example.com", { HTTPS_PROXY: proxy, NO_PROXY: "*" }, undefined],
  ["https://api.example.com:6443", { HTTPS_PROXY: proxy, NO_PROXY: "api.example.com:443" }, proxy],
  ["https://api.example.com:6443", { HTTPS_PROXY: proxy, NO_PROXY: "api.example.com:6443" }, undefined],
  ["https://10.0.0.1", { HTTPS_PROXY: proxy, NO_PROXY: "10.0.0.0/99" }, proxy],
])("%s with %o goes through %s", (url, env, expected) => {
  expect(proxyFor(new URL(url), env)).toBe(expected);
});
