import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ClusterClient } from "./client.ts";
import type { Endpoint } from "./kubeconfig.ts";
import { Transport } from "./transport.ts";
import type { WatchEvent } from "./types.ts";

const secrets = { group: "", version: "v1", kind: "Secret", plural: "secrets", namespaced: true, verbs: [] };
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let folder: string;
let server: Server;
let answers: Answer[];
let seen: IncomingMessage[];
let transport: Transport;
let client: ClusterClient;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plumbline-transport-"));
  answers = [];
  seen = [];
  server = createServer((request, response) => {
    seen.push(request);
    (answers.shift() ?? json(200, {}))(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await writeFile(join(folder, "token"), "first\n");
  const endpoint: Endpoint = {
    cluster: {
      name: "c",
      server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      skipTLSVerify: false,
    },
    user: { name: "u", tokenFile: join(folder, "token") },
    namespace: "default",
    origin: "a test",
  };
  transport = new Transport(endpoint, {});
  client = new ClusterClient(transport, "default");
});
afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

function json(status: number, body: object, headers: Record<string, string> = {}): Answer {
  return (_, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };
}
const watchLines =
  (...chunks: string[]): Answer =>
  async (_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    for (const chunk of chunks) await new Promise((resolve) => response.write(chunk, resolve));
    response.end();
  };
async function watched(idleTimeoutMs?: number): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  for await (const event of client.watch(secrets, "a", { resourceVersion: "7", idleTimeoutMs }))
    events.push(event);
  return events;
}
const line = (name: string) =>
  `${JSON.stringify({ type: "ADDED", object: { apiVersion: "v1", kind: "Secret", metadata: { name } } })}\n`;

describe("a request", () => {
  test("carries the token that the file holds now, after a 401", async () => {
    await transport.send({ path: "/version" });
    await writeFile(join(folder, "token"), "second\n");
    answers.push(json(401, { reason: "Unauthorized" }));
    await transport.send({ path: "/version" });
    expect(seen.map((request) => request.headers.authorization)).toEqual([
      "Bearer first",
      "Bearer first",
      "Bearer second",
    ]);
    expect(transport.requests).toBe(3);
  });

  test("is refused when a new token does not help either", async () => {
    answers.push(json(401, {}), json(401, {}));
    await expect(transport.send({ path: "/version" })).rejects.toMatchObject({
      status: 401,
      reason: "Unauthorized",
    });
  });

  test("is repeated after 429 once the server's time has passed, and gives up in the end", async () => {
    answers.push(json(429, {}, { "retry-after": "0.01" }), json(200, { gitVersion: "v1.34.0" }));
    expect((await transport.send({ path: "/version" })).body).toEqual({ gitVersion: "v1.34.0" });
    answers.push(...Array.from({ length: 9 }, () => json(429, {}, { "retry-after": "0.01" })));
    await expect(transport.send({ path: "/version" })).rejects.toMatchObject({ status: 429 });
    expect(seen).toHaveLength(6);
  });

  test("that writes is repeated for as long as the server asks for it", async () => {
    const types = { resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true, verbs: [] }] };
    answers.push(json(200, types));
    answers.push(...Array.from({ length: 9 }, () => json(429, {}, { "retry-after": "0.01" })));
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "shop" } };
    answers.push(json(200, object));
    expect(await client.apply(object, { fieldManager: "test", force: true })).toEqual(object);
    expect(seen).toHaveLength(11);
  });

  test("that writes is made as a service account where told, and one that reads never is", async () => {
    const types = { resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true, verbs: [] }] };
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "shop" } };
    const ref = { group: "", version: "v1", kind: "ConfigMap", namespace: "shop", name: "a" };
    answers.push(json(200, types), json(200, object), json(200, {}), json(200, object));
    const deployer = client.as({ namespace: "shop", name: "deployer" });
    await deployer.apply(object, { fieldManager: "test", force: true });
    await deployer.delete(ref);
    await client.get(ref);
    expect(seen.map(({ method, headers }) => [method, headers["impersonate-user"]])).toEqual([
      ["GET", undefined],
      ["PATCH", "system:serviceaccount:shop:deployer"],
      ["DELETE", "system:serviceaccount:shop:deployer"],
      ["GET", undefined],
    ]);
  });

  test("is not repeated after a 503 that does not ask for it", async () => {
    answers.push(json(503, { message: "no endpoints available" }));
    await expect(transport.send({ path: "/x" })).rejects.toMatchObject({
      status: 503,
      message: "no endpoints available",
    });
    expect(seen).toHaveLength(1);
  });

  test("is repeated once when the connection breaks", async () => {
    answers.push((request) => request.socket.destroy());
    await transport.send({ path: "/version" });
    expect(seen).toHaveLength(2);
  });

  test("to a server that is away says which one and why", async () => {
    const { port } = server.address() as AddressInfo;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(transport.send({ path: "/version" })).rejects.toMatchObject({
      status: 0,
      message: `the API server http://127.0.0.1:${port} does not answer (ECONNREFUSED)`,
    });
  });

  test("to something that is no Kubernetes API says so", async () => {
    answers.push((_, response) => response.end("<html>"));
    await expect(transport.send({ path: "/version" })).rejects.toMatchObject({ reason: "NotKubernetes" });
  });
});

describe("a watch", () => {
  test("reads lines whatever way they are cut, and the last one without an end", async () => {
    const text = line("ä-one") + line("two") + line("three").trimEnd();
    const bytes = Buffer.from(text);
    const cuts = [0, 3, bytes.indexOf("ä") + 1, line("x").length + 8, bytes.length - 2, bytes.length];
    answers.push(async (_, response) => {
      for (let index = 1; index < cuts.length; index++)
        await new Promise((resolve) => response.write(bytes.subarray(cuts[index - 1], cuts[index]), resolve));
      response.end();
    });
    expect((await watched()).map((event) => event.object.metadata.name)).toEqual([
      "",
      "ä-one",
      "two",
      "three",
    ]);
    expect(seen[0]?.url).toBe(
      "/api/v1/namespaces/a/secrets?watch=true&allowWatchBookmarks=true&resourceVersion=7",
    );
  });

  test("ends with the server's own error", async () => {
    answers.push(
      watchLines(
        line("one"),
        `${JSON.stringify({ type: "ERROR", object: { code: 410, reason: "Expired" } })}\n`,
      ),
    );
    await expect(watched()).rejects.toMatchObject({ status: 410, reason: "Expired" });
  });

  test("ends when nothing comes for too long", async () => {
    answers.push((_, response) => {
      response.writeHead(200);
      response.write(line("one"));
    });
    await expect(watched(50)).rejects.toMatchObject({ status: 0, reason: "Unreachable" });
  });

  test("ends at an event that would fill the memory", async () => {
    answers.push((_, response) => {
      const piece = "x".repeat(1 << 20);
      const more = () => {
        while (response.write(piece));
        response.once("drain", more);
      };
      response.on("error", () => {});
      more();
    });
    await expect(watched()).rejects.toThrow("larger than");
  });

  test("quotes nothing of a line that is not JSON", async () => {
    answers.push(watchLines('{"type": "ADDED", canary\n'));
    const error: Error = await watched().then(
      () => new Error("it went well"),
      (thrown) => thrown,
    );
    expect(error.message).toBe("a watch event is not JSON");
  });
});

describe("a refusal", () => {
  test("of a Secret quotes nothing of it", async () => {
    const status = {
      reason: "Invalid",
      message:
        'Secret "s" is invalid: data: Invalid value: {"a":"can"ary"}: must be base64; ouY2FuYXJ5LWNhbmFyeS1jYW5hcnk=',
      details: { causes: [{ field: "data", message: "Invalid value: \"canary\": must be 'canary'" }] },
    };
    answers.push(
      json(200, { resources: [{ name: "secrets", kind: "Secret", namespaced: true }] }),
      json(422, status),
    );
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s", namespace: "a" } };
    const error = await client
      .apply(secret, { fieldManager: "plumbline", force: true })
      .catch((thrown) => thrown);
    expect(error.status).toBe(422);
    expect(JSON.stringify([error.message, error.causes])).not.toMatch(/can|ary|Y2Fu/);
    expect(error.causes[0].field).toBe("data");
  });
});
