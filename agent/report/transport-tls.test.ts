import { createServer as createHttpServer, type Server } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, it } from "vitest";
import { selfSignedCertificate } from "../../e2e/fakes/kubernetes/certificate.ts";
import { openTransport, type TransportOptions } from "./transport.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A control plane behind a certificate that only its own authority vouches for. */
async function secured() {
  const { certificate, privateKey } = selfSignedCertificate("plumbline");
  const body = JSON.stringify({ ok: true, data: { results: [], lacking: [] } });
  const port = await listen(
    createServer({ cert: certificate, key: privateKey }, (request, response) => {
      request.resume().on("end", () => response.end(body));
    }),
  );
  return { url: `https://127.0.0.1:${port}`, certificate };
}

/** A proxy that tunnels, and remembers where to. */
async function proxy() {
  const tunnels: string[] = [];
  const server = createHttpServer((_, response) => response.writeHead(405).end());
  server.on("connect", (request, socket) => {
    tunnels.push(request.url ?? "");
    const [host, port] = (request.url ?? "").split(":");
    const upstream = connect(Number(port), host, () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    for (const one of [socket, upstream]) one.on("error", () => {});
    upstream.pipe(socket).pipe(upstream);
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, tunnels };
}

function send(options: Omit<TransportOptions, "token">) {
  const transport = openTransport({ ...options, token: () => "t", timeoutMs: 5000 });
  closing.push(transport.close);
  return transport.reports({ session: "00000000-0000-4000-8000-000000000000", reports: [] });
}

it("refuses a certificate it has no reason to trust, and says which setting gives it one", async () => {
  const { url } = await secured();
  expect(await send({ url })).toMatchObject({
    ok: false,
    error: { code: "unavailable", message: expect.stringContaining("PLUMBLINE_CA_FILE") },
  });
});

it("trusts an own certificate authority", async () => {
  const { url, certificate } = await secured();
  expect(await send({ url, ca: certificate })).toMatchObject({ ok: true });
});

it("goes through the proxy, where the own authority still counts, and around it where told to", async () => {
  const { url, certificate } = await secured();
  const through = await proxy();
  expect(await send({ url, ca: certificate, proxy: { https: through.url } })).toMatchObject({ ok: true });
  expect(through.tunnels).toEqual([new URL(url).host]);
  expect(
    await send({ url, ca: certificate, proxy: { https: through.url, except: "127.0.0.1" } }),
  ).toMatchObject({ ok: true });
  expect(through.tunnels).toHaveLength(1);
});

it("a proxy that is not there is a value", async () => {
  const { url, certificate } = await secured();
  const answer = await send({ url, ca: certificate, proxy: { https: "http://127.0.0.1:1" } });
  expect(answer).toMatchObject({ ok: false, error: { code: "unavailable" } });
});
