import { X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect as connectSocket } from "node:net";
import type { TLSSocket } from "node:tls";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Certificate, selfSignedCertificate } from "../../e2e/fakes/kubernetes/certificate.ts";
import type { Endpoint } from "./kubeconfig.ts";
import { Transport } from "./transport.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

let certificate: Certificate;
let server: Server;
let port: number;
let seen: { shown: string | undefined; servername: unknown }[];
let transports: Transport[];

beforeEach(async () => {
  certificate = selfSignedCertificate("kubernetes");
  seen = [];
  transports = [];
  const { certificate: cert, privateKey: key } = certificate;
  const options = { cert, key, ca: cert, requestCert: true, rejectUnauthorized: false };
  server = createServer(options, (request: IncomingMessage, response) => {
    const socket = request.socket as TLSSocket;
    seen.push({
      shown: socket.getPeerCertificate().fingerprint256,
      servername: (socket as { servername?: unknown }).servername,
    });
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  for (const transport of transports) await transport.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function open(cluster: Partial<Endpoint["cluster"]>, user: Partial<Endpoint["user"]> = {}): Transport {
  const endpoint: Endpoint = {
    cluster: { name: "c", server: `https://127.0.0.1:${port}`, skipTLSVerify: false, ...cluster },
    user: { name: "u", ...user },
    namespace: "default",
    origin: "a test",
  };
  const transport = new Transport(endpoint, {});
  transports.push(transport);
  return transport;
}

describe("a connection over TLS", () => {
  test("trusts the kubeconfig's own authority and shows its client certificate", async () => {
    const caData = base64(certificate.certificate);
    const user = { certData: caData, keyData: base64(certificate.privateKey) };
    await open({ caData }, user).send({ path: "/version" });
    expect(seen).toMatchObject([{ shown: new X509Certificate(certificate.certificate).fingerprint256 }]);
  });

  test("shows no certificate where the kubeconfig has none", async () => {
    await open({ caData: base64(certificate.certificate) }).send({ path: "/version" });
    expect(seen).toMatchObject([{ shown: undefined }]);
  });

  test("is refused where the server's certificate is signed by another authority", async () => {
    const other = selfSignedCertificate("kubernetes").certificate;
    await expect(open({ caData: base64(other) }).send({ path: "/version" })).rejects.toMatchObject({
      status: 0,
      message: expect.stringMatching(/does not answer \(.*(SELF_SIGNED|VERIFY|SIGNATURE)/),
    });
    await expect(open({}).send({ path: "/version" })).rejects.toMatchObject({ status: 0 });
    expect(seen).toEqual([]);
  });

  test("is made without looking only where the kubeconfig says insecure-skip-tls-verify", async () => {
    await open({ skipTLSVerify: true }).send({ path: "/version" });
    expect(seen).toHaveLength(1);
  });

  test("asks for the server name that the kubeconfig wants", async () => {
    await open({ caData: base64(certificate.certificate), tlsServerName: "localhost" }).send({
      path: "/version",
    });
    expect(seen).toMatchObject([{ servername: "localhost" }]);
  });

  test("goes through the proxy that the kubeconfig names", async () => {
    const targets: string[] = [];
    const proxy = createHttpServer().on("connect", (request, client) => {
      targets.push(request.url ?? "");
      const upstream = connectSocket(port, "127.0.0.1", () => client.write("HTTP/1.1 200 OK\r\n\r\n"));
      client.pipe(upstream).pipe(client);
      client.on("error", () => upstream.destroy());
      upstream.on("error", () => client.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const caData = base64(certificate.certificate);
    const user = { certData: caData, keyData: base64(certificate.privateKey) };
    const transport = open({ caData, proxyUrl }, user);
    await transport.send({ path: "/version" });
    expect(targets).toEqual([`127.0.0.1:${port}`]);
    expect(seen).toMatchObject([{ shown: new X509Certificate(certificate.certificate).fingerprint256 }]);
    await transport.close();
    await new Promise((resolve) => proxy.close(resolve));
  });
});
