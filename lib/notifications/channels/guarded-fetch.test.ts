import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
// A key and a certificate for localhost that no authority has signed.
import getTLSOptions from "smtp-server/lib/tls-options.js";
import { afterEach, expect, test } from "vitest";
import { type GuardedRequest, guardedPost } from "./guarded-fetch.ts";
import { startReceiver } from "./test-receiver.ts";

const opened: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function receiver(...answer: Parameters<typeof startReceiver>) {
  const started = await startReceiver(...answer);
  opened.push(started);
  return started;
}

const post = (url: string, changed: Partial<GuardedRequest> = {}) =>
  guardedPost({ url, headers: {}, body: "{}", allowed: ["127.0.0.0/8"], ...changed });

test("an inside address is not posted to unless it is named", async () => {
  const { url, received } = await receiver((response) => response.end("ok"));
  expect(await post(url, { allowed: [] })).toMatchObject({ ok: false, retryable: false });
  expect(await post(url, { allowed: ["10.0.0.0/8"] })).toMatchObject({ ok: false, retryable: false });
  expect(received).toHaveLength(0);
  expect(await post(url)).toMatchObject({ ok: true, status: 200, body: "ok" });
  expect(received).toHaveLength(1);
});

test("a name that resolves to an inside address is refused after resolution", async () => {
  const { port, received } = await receiver((response) => response.end());
  const resolve = async () => [{ address: "127.0.0.1", family: 4 }];
  const answer = await post(`https://receiver.test:${port}/`, { allowed: [], resolve });
  expect(answer).toMatchObject({ ok: false, retryable: false });
  expect(answer.ok ? "" : answer.problem).toContain("is an inside address");
  expect(received).toHaveLength(0);
});

test("one inside address among public ones refuses the name", async () => {
  const resolve = async () => [
    { address: "93.184.216.34", family: 4 },
    { address: "::ffff:10.0.0.1", family: 6 },
  ];
  expect(await post("https://receiver.test/", { allowed: [], resolve })).toMatchObject({ retryable: false });
});

test("the real resolver's answer is checked as well", async () => {
  const { port, received } = await receiver((response) => response.end());
  expect(await post(`http://localhost:${port}/`, { allowed: [] })).toMatchObject({
    ok: false,
    retryable: false,
  });
  expect(received).toHaveLength(0);
});

test("a name is resolved once, and the connection goes to the address that was checked", async () => {
  const { port, received } = await receiver((response) => response.end());
  let asked = 0;
  // What a rebinding name server does: the answer that is checked first, another one from then on.
  const resolve = async () => [{ address: ++asked === 1 ? "127.0.0.1" : "169.254.169.254", family: 4 }];
  const url = `http://receiver.test:${port}/`;
  const allowed = ["receiver.test"];
  expect(await post(url, { allowed, resolve })).toMatchObject({ ok: true });
  expect(asked).toBe(1);
  expect(received[0]?.headers.host).toBe(`receiver.test:${port}`);
  // And no connection of before serves what would be refused now.
  expect(await post(url, { allowed, resolve })).toMatchObject({ ok: false, retryable: false });
  expect(received).toHaveLength(1);
});

test.each([301, 302, 303, 307, 308])(
  "a redirect (%i) is not followed, and not repeated to whoever asks",
  async (status) => {
    const target = await receiver((response) => response.end());
    const { url } = await receiver((response) =>
      response.writeHead(status, { location: `${target.url}/secret` }).end(),
    );
    const answer = await post(url);
    expect(answer).toMatchObject({ ok: false, retryable: false });
    expect(answer.ok ? "" : answer.problem).toMatch(/redirect, which is not followed/);
    expect(answer.ok ? "" : answer.problem).not.toContain("secret");
    expect(target.received).toHaveLength(0);
  },
);

test("a receiver that does not answer in time is tried again", async () => {
  const { url } = await receiver(() => {});
  const answer = await post(url, { timeoutMs: 60 });
  expect(answer).toMatchObject({ ok: false, retryable: true });
  expect(answer.ok ? "" : answer.problem).toContain("did not answer in time");
});

test("a name server that does not answer in time counts as well", async () => {
  const answer = await post("https://receiver.test/", {
    timeoutMs: 60,
    resolve: () => new Promise(() => {}),
  });
  expect(answer).toMatchObject({ ok: false, retryable: true });
});

test("an accepted message counts though the rest of the answer never comes", async () => {
  const { url } = await receiver((response) => response.writeHead(200).write("o"));
  expect(await post(url, { timeoutMs: 100 })).toMatchObject({ ok: true, status: 200, body: "o" });
});

test("of a huge answer 64 kB are read", async () => {
  let ended = false;
  const { url } = await receiver((response) => {
    response.on("close", () => {
      ended = true;
    });
    const write = () => {
      while (!ended && response.write(Buffer.alloc(16_384, "x")));
      if (!ended) response.once("drain", write);
    };
    write();
  });
  const answer = await post(url);
  expect(answer.ok && answer.body.length).toBe(64 * 1024);
  await expect.poll(() => ended).toBe(true);
});

test("nobody listening, and a name that is none, are tried again", async () => {
  const { url, close } = await startReceiver((response) => response.end());
  await close();
  expect(await post(url)).toMatchObject({ ok: false, retryable: true });
  const missing = Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
  expect(await post("https://receiver.test/", { resolve: () => Promise.reject(missing) })).toEqual({
    ok: false,
    problem: "receiver.test is not a name that resolves: check the channel's address.",
    retryable: true,
  });
});

test("a receiver whose certificate nobody vouches for gets nothing", async () => {
  const received: string[] = [];
  const server = createServer(getTLSOptions(), (request, response) => {
    received.push(request.url ?? "");
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  opened.push({ close: () => new Promise((resolve) => server.close(() => resolve())) });
  const { port } = server.address() as AddressInfo;
  const answer = await post(`https://127.0.0.1:${port}/`);
  expect(answer.ok ? "" : answer.problem).toContain("no certificate that can be trusted");
  expect(received).toEqual([]);
});

test("a proxy named in the environment is not used", async () => {
  const proxy = await receiver((response) => response.end());
  const { url, received } = await receiver((response) => response.end());
  const names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"];
  const before = names.map((name) => process.env[name]);
  for (const name of names) process.env[name] = proxy.url;
  try {
    expect(await post(url)).toMatchObject({ ok: true });
  } finally {
    names.forEach((name, index) => {
      if (before[index] === undefined) delete process.env[name];
      else process.env[name] = before[index];
    });
  }
  expect(received).toHaveLength(1);
  expect(proxy.received).toHaveLength(0);
});
