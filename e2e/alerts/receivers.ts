import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { WebClient } from "@slack/web-api";
import { createEmulator } from "emulate";
import { SMTPServer } from "smtp-server";
import { freePort } from "#scripts/processes/ports.ts";

export const botToken = "xoxb-test-token";

/** A receiver that can be away for a while. */
type Away = { down: boolean };

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const closing = (server: Server) =>
  new Promise<void>((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });

/** A receiver of webhooks that keeps what it gets, for somebody to verify. */
export async function startHook() {
  const state: Away = { down: false };
  const received: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    if (state.down) return void response.writeHead(503).end();
    received.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
    response.writeHead(204).end();
  });
  const url = `${await listen(server)}/alerts`;
  return { url, state, received, close: () => closing(server) };
}

/** A real SMTP server; while it is away it answers 421, as a relay that restarts does. */
export async function startRelay() {
  const state: Away = { down: false };
  const mails: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    disabledCommands: ["STARTTLS"],
    onConnect: (_session, done) =>
      done(state.down ? Object.assign(new Error("4.3.2 Restarting"), { responseCode: 421 }) : null),
    onData(stream, _session, done) {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        mails.push(Buffer.concat(parts).toString());
        done();
      });
    },
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `smtp://127.0.0.1:${port}`, state, mails, close };
}

/** An independent emulation of Slack, behind a door that can be closed. */
export async function startSlack() {
  const state: Away = { down: false };
  const port = await freePort();
  const emulator = await createEmulator({
    service: "slack",
    port,
    baseUrl: `http://127.0.0.1:${port}`,
    seed: {
      tokens: { [botToken]: { login: "developer", scopes: [] } },
      slack: { channels: [{ name: "alerts" }], bots: [{ name: "plumbline" }] },
    },
  });
  const door = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    if (state.down) return void response.writeHead(503).end();
    const headers = Object.fromEntries(
      ["content-type", "authorization"].flatMap((name) => {
        const value = request.headers[name];
        return typeof value === "string" ? [[name, value]] : [];
      }),
    );
    const url = `http://127.0.0.1:${port}${request.url}`;
    const answer = await fetch(url, { method: "POST", headers, body: Buffer.concat(parts) });
    const type = answer.headers.get("content-type") ?? "application/json";
    response.writeHead(answer.status, { "content-type": type }).end(await answer.text());
  });
  const url = await listen(door);
  const reader = new WebClient(botToken, {
    slackApiUrl: `http://127.0.0.1:${port}/api/`,
    retryConfig: { retries: 0 },
  });
  const { channels } = await reader.conversations.list();
  const idOf = (name: string) => channels?.find((each) => each.name === name)?.id ?? "";
  const messagesIn = async (name: string) => {
    const { messages = [] } = await reader.conversations.history({ channel: idOf(name), limit: 200 });
    return messages.toReversed();
  };
  const repliesTo = async (name: string, ts: string) =>
    (await reader.conversations.replies({ channel: idOf(name), ts, limit: 200 })).messages ?? [];
  return {
    apiUrl: `${url}/api`,
    hookUrl: `${url}/services/T000000001/B000000001/X000000001`,
    state,
    idOf,
    messagesIn,
    repliesTo,
    close: async () => {
      await closing(door);
      await emulator.close();
    },
  };
}
