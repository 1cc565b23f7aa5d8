import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSource } from "./index.ts";
import { openTestGitHost } from "./test-git-host.ts";

const noOpenssl = spawnSync("openssl", ["version"]).status !== 0;
let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "plumbline-tls-"));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

function certificate(name: string): { key: string; cert: string } {
  const args = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-days",
    "2",
  ];
  const files = ["-keyout", join(place, `${name}.key`), "-out", join(place, `${name}.crt`)];
  execFileSync(
    "openssl",
    [...args, ...files, "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"],
    { stdio: "ignore" },
  );
  return {
    key: readFileSync(join(place, `${name}.key`), "utf8"),
    cert: readFileSync(join(place, `${name}.crt`), "utf8"),
  };
}

describe.skipIf(noOpenssl)(`a repository over HTTPS${noOpenssl ? " (skipped: no openssl)" : ""}`, () => {
  test("is trusted through ca.crt beside the credential, and through nothing else", async () => {
    const host = await openTestGitHost(process.env.PATH);
    const revision = host.create("config", { a: "1" });
    const own = certificate("own");
    const front = createServer({ key: own.key, cert: own.cert }, (incoming, outgoing) => {
      const onward = request(
        { port: host.port, path: incoming.url, method: incoming.method, headers: incoming.headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      incoming.pipe(onward);
    });
    await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
    try {
      const url = `https://127.0.0.1:${(front.address() as AddressInfo).port}/config`;
      const credentials = join(place, "credential");
      mkdirSync(credentials);
      const source = openSource({ cacheDir: join(place, "cache") });
      await expect(source.head({ url, ref: "main" })).rejects.toMatchObject({
        reason: "CertificateUntrusted",
      });
      writeFileSync(join(credentials, "ca.crt"), certificate("other").cert);
      await expect(source.head({ url, ref: "main", credentials })).rejects.toMatchObject({
        reason: "CertificateUntrusted",
      });
      writeFileSync(join(credentials, "ca.crt"), own.cert);
      expect((await source.checkout({ url, ref: "main", credentials })).commit.revision).toBe(revision);
    } finally {
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
      await host.close();
    }
  });
});

test("HTTPS_PROXY is asked for the way, and never told the credential", async () => {
  const said: string[] = [];
  const proxy = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (chunk) => {
      said.push(chunk.toString("latin1"));
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  try {
    const credentials = join(place, "credential");
    mkdirSync(credentials);
    writeFileSync(join(credentials, "token"), "tok-canary");
    const environment = {
      PATH: process.env.PATH,
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    };
    const source = openSource({ cacheDir: join(place, "cache"), environment });
    const look = source.head({ url: "https://git.example.com/config", ref: "main", credentials });
    await expect(look).rejects.toMatchObject({ reason: "RepositoryUnreachable", next: "retry" });
    expect(said[0]).toMatch(/^CONNECT git\.example\.com:443 HTTP/);
    expect(said.join("")).not.toMatch(/canary|Authorization/i);
  } finally {
    await new Promise((resolve) => proxy.close(resolve));
  }
});
