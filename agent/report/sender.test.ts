import { randomUUID } from "node:crypto";
import pino from "pino";
import { afterEach, expect, it } from "vitest";
import { canonicalJson } from "../../lib/protocol/canonical.ts";
import type { SessionRequest } from "../../lib/protocol/session.ts";
import { eventually, startTestControlPlane } from "../test-control-plane.ts";
import { sha256 } from "../verdict/digests.ts";
import { openContent } from "./content.ts";
import { openOutbox } from "./outbox.ts";
import { openReporter } from "./reporter.ts";
import { startSender } from "./sender.ts";
import { resource, snapshot, sync, temporaryFolder } from "./test-reports.ts";
import { openTransport } from "./transport.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function controlPlane(options: Parameters<typeof startTestControlPlane>[0] = {}) {
  const server = await startTestControlPlane(options);
  closing.push(server.close);
  return server;
}

/** The agent's side, from snapshot to request, on a disk of its own. */
function openSide(url: string, options: { token?: () => string; directory?: string } = {}) {
  const directory = options.directory ?? temporaryFolder();
  const lines: string[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => void lines.push(line) });
  const outbox = openOutbox({ directory: `${directory}/outbox` });
  const content = openContent({ directory: `${directory}/content` });
  const transport = openTransport({ url, token: options.token ?? (() => "test-token"), timeoutMs: 5000 });
  const hello: SessionRequest = {
    protocol: 1,
    agentVersion: "0",
    stream: outbox.stream,
    cluster: { uid: randomUUID(), kubernetesVersion: "v1", simulated: true },
    environments: [],
    invalid: [],
  };
  const reporter = openReporter({
    outbox,
    content,
    queued: () => sender.wake(),
    maxBytes: () => sender.maxBytes(),
  });
  const sender = startSender({
    transport,
    outbox,
    content,
    log,
    hello: () => hello,
    resend: (environment) => reporter.resend(environment),
    pauseMs: { first: 5, most: 20 },
  });
  const stop = async () => {
    await sender.stop();
    await transport.close();
  };
  closing.push(stop);
  return { outbox, content, reporter, sender, stop, directory, lines, hello };
}

const namesOf = (server: Awaited<ReturnType<typeof controlPlane>>, environment: string) =>
  [...(server.state.environments.get(environment)?.resources.values() ?? [])]
    .map(({ ref }) => ref.name)
    .sort();

it("says everything first, and then only what changed", async () => {
  const server = await controlPlane();
  const { reporter } = openSide(server.url);
  const [a, b] = [resource("a"), resource("b")];
  reporter.publish(snapshot("prod", [a, b]), "Converged");
  reporter.publish(snapshot("prod", [a, resource("b", 1)]), "Diverged drift");
  reporter.publish(snapshot("prod", [a]), "Converged");
  await eventually(() => server.state.environments.get("prod")?.reports.length === 3);
  const reports = server.state.environments.get("prod")?.reports ?? [];
  expect(
    reports.map(({ base, resources, removed }) => [base, resources.map(({ ref }) => ref.name), removed]),
  ).toEqual([
    [null, ["a", "b"], []],
    [1, ["b"], []],
    [2, [], ["/ConfigMap/default/b"]],
  ]);
  expect(namesOf(server, "prod")).toEqual(["a"]);
});

it("the same state again is no report, and a heartbeat is one all the same", async () => {
  const server = await controlPlane();
  const { reporter, outbox } = openSide(server.url);
  reporter.publish(snapshot("prod", [resource("a")]), "Converged");
  expect(reporter.publish(snapshot("prod", [resource("a")], 9), "Converged")).toBe(false);
  await eventually(() => outbox.size().reports === 0);
  reporter.heartbeat(new Date());
  await eventually(() => server.state.environments.get("prod")?.reports.length === 2);
  expect(server.state.environments.get("prod")?.reports[1]).toMatchObject({ resources: [], removed: [] });
});

it("what happened while the server was away arrives in order, once, with its true times", async () => {
  const server = await controlPlane();
  const { reporter, sender } = openSide(server.url);
  reporter.publish(snapshot("prod", [resource("a")], 1), "Converged");
  await eventually(() => server.state.environments.has("prod"));
  server.state.failing = { status: 503, body: "" };
  reporter.publish(snapshot("prod", [resource("a", 1)], 2), "Diverged drift");
  reporter.publish(snapshot("prod", [resource("a")], 3), "Converged", [sync("put back")]);
  await eventually(() => !sender.connected());
  server.state.failing = null;
  await eventually(() => server.state.environments.get("prod")?.reports.length === 3);
  const reports = server.state.environments.get("prod")?.reports ?? [];
  expect(reports.map(({ observedAt }) => new Date(observedAt).getUTCSeconds())).toEqual([1, 2, 3]);
  expect([...server.state.syncs.values()].map(({ message }) => message)).toEqual(["put back"]);
});

it("an agent that was killed sends what waited, and then everything", async () => {
  const server = await controlPlane();
  server.state.failing = { status: 503, body: "" };
  const first = openSide(server.url);
  first.reporter.publish(snapshot("prod", [resource("a", 1)], 1), "Diverged drift", [
    sync("before the crash"),
  ]);
  await first.stop();
  server.state.failing = null;
  const second = openSide(server.url, { directory: first.directory });
  second.reporter.publish(snapshot("prod", [resource("a")], 2), "Converged");
  await eventually(() => server.state.environments.get("prod")?.reports.length === 2);
  expect(server.state.environments.get("prod")?.reports.map(({ base }) => base)).toEqual([null, null]);
  expect(server.state.syncs.size).toBe(1);
});

it("a server that lost its memory asks for everything, and gets it once", async () => {
  const server = await controlPlane();
  const { reporter, outbox } = openSide(server.url);
  reporter.publish(snapshot("prod", [resource("a"), resource("b")]), "Converged");
  await eventually(() => server.state.environments.has("prod"));
  server.state.environments.clear();
  server.state.failing = { status: 503, body: "" };
  for (const changes of [1, 2, 3])
    reporter.publish(snapshot("prod", [resource("a", changes), resource("b")]), "Diverged drift");
  server.state.failing = null;
  await eventually(() => server.state.environments.has("prod") && outbox.size().reports === 0);
  expect(namesOf(server, "prod")).toEqual(["a", "b"]);
  expect(server.state.environments.get("prod")?.reports.map(({ base }) => base)).toEqual([null]);
});

it("a session the server no longer knows is opened anew, and nothing is lost", async () => {
  const server = await controlPlane();
  const { reporter } = openSide(server.url);
  reporter.publish(snapshot("prod", [resource("a")]), "Converged");
  await eventually(() => server.state.environments.has("prod"));
  server.state.session = randomUUID();
  reporter.publish(snapshot("prod", [resource("a", 1)]), "Diverged drift");
  await eventually(() => server.state.environments.get("prod")?.reports.length === 2);
  expect(server.state.sessions.length).toBe(2);
});

it("says once that its token is refused, and goes on when it has a new one", async () => {
  const server = await controlPlane();
  let token = "revoked";
  const { reporter, lines, sender } = openSide(server.url, { token: () => token });
  reporter.publish(snapshot("prod", [resource("a")]), "Converged");
  const complaints = () => lines.filter((line) => line.includes("refuses this agent's token"));
  await eventually(() => complaints().length > 0);
  token = "test-token";
  sender.retryNow();
  await eventually(() => server.state.environments.has("prod"));
  expect(complaints()).toHaveLength(1);
});

it("a report that is too large goes in parts, what differs first, and none of it is lost", async () => {
  const server = await controlPlane({ maxRequestBytes: 9000 });
  const { reporter, outbox } = openSide(server.url);
  const resources = Array.from({ length: 60 }, (_, index) => resource(`r${index}`, index % 10 === 9 ? 2 : 0));
  reporter.publish(snapshot("prod", resources), "Diverged drift", [sync("kept")]);
  await eventually(() => server.state.environments.has("prod") && outbox.size().reports === 0);
  expect(namesOf(server, "prod")).toHaveLength(60);
  expect(server.state.environments.get("prod")?.reports[0]?.resources[0]?.sync).toBe("Modified");
  expect(server.state.syncs.size).toBe(1);
});

it("a single object that is too large loses its values, not its verdict", async () => {
  const server = await controlPlane({ maxRequestBytes: 20_000 });
  const { reporter, outbox } = openSide(server.url);
  reporter.publish(snapshot("prod", [resource("huge", 400, "v".repeat(200))]), "Diverged drift", [
    sync("kept"),
  ]);
  await eventually(() => server.state.environments.has("prod") && outbox.size().reports === 0);
  const [status] = server.state.environments.get("prod")?.resources.values() ?? [];
  expect(status).toMatchObject({ sync: "Modified", cause: "drift" });
  expect(status?.changes.length).toBeGreaterThan(0);
  expect(server.state.syncs.size).toBe(1);
});

it("a report that no server would take does not hold up those behind it", async () => {
  const server = await controlPlane();
  const { reporter, outbox, lines } = openSide(server.url);
  const broken = { ...resource("a"), ref: { ...resource("a").ref, name: "n".repeat(400) } };
  reporter.publish(snapshot("bad", [broken]), "Converged", [sync("kept")]);
  reporter.publish(snapshot("good", [resource("b")]), "Converged");
  await eventually(() => outbox.size().reports === 0);
  expect(namesOf(server, "good")).toEqual(["b"]);
  expect([...server.state.syncs.values()].map(({ message }) => message)).toEqual(["kept"]);
  expect(lines.some((line) => line.includes("cannot take this report"))).toBe(true);
});

it("sends the manifests the server lacks, those of objects that have changed since, too", async () => {
  const server = await controlPlane();
  const { reporter, content, outbox } = openSide(server.url);
  const bodies = ["old", "new"].map((text) => canonicalJson({ text }));
  const [old, current] = bodies.map((body) => sha256(body));
  server.state.failing = { status: 503, body: "" };
  content.follow("prod", (digest) => (digest === current ? bodies[1] : undefined));
  reporter.publish(snapshot("prod", [{ ...resource("a"), observedDigest: old }]), "Converged");
  content.superseded(old ?? "", () => bodies[0] ?? "");
  reporter.publish(snapshot("prod", [{ ...resource("a"), observedDigest: current }]), "Converged");
  server.state.failing = null;
  await eventually(() => server.state.manifests.size === 2 && outbox.size().reports === 0);
  expect([...server.state.manifests.values()].sort()).toEqual(bodies.toSorted());
});
