import { expect, test } from "vitest";
import { smtpOptions } from "./smtp-options.ts";

test.each([
  ["smtp://relay.internal", { host: "relay.internal", port: 25, secure: false, requireTLS: false }],
  [
    "smtp://u:p@mail.example.com",
    { port: 587, secure: false, requireTLS: true, auth: { user: "u", pass: "p" } },
  ],
  [
    "smtp://u%40example.com:p%3A%2F@mail.example.com:2525",
    { port: 2525, auth: { user: "u@example.com", pass: "p:/" } },
  ],
  ["smtps://u:p@mail.example.com", { port: 465, secure: true, requireTLS: false }],
  ["smtp://relay.internal?requireTLS=true", { requireTLS: true }],
  ["smtp://u:p@relay.internal?requireTLS=false", { requireTLS: false }],
  ["smtp://[::1]:2525?tls.rejectUnauthorized=false", { host: "::1", tls: { rejectUnauthorized: false } }],
  [
    "smtp://mail.example.com?logger=true&proxy=http://evil",
    { tls: { rejectUnauthorized: true }, ignoreTLS: false },
  ],
])("%s", (url, options) => expect(smtpOptions(url)).toMatchObject(options));
