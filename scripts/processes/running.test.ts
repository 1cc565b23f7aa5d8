import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { belongsTo, endLeftovers } from "./leftovers.ts";
import { Interrupted, Running } from "./running.ts";
import { startService } from "./service.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-running-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = (name: string, script: string) =>
  startService({
    name,
    command: process.execPath,
    args: ["-e", script, folder],
    logPath: join(folder, `${name}.log`),
  });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean) {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("it did not come to pass within 10 s");
    await new Promise((done) => setTimeout(done, 20));
  }
}

test("parts end in the opposite order, and one that cannot be stopped does not keep the others", async () => {
  const running = new Running();
  const ended: string[] = [];
  for (const name of ["database", "server", "agent"])
    await running.start(
      name,
      async () => name,
      async (part) => {
        ended.push(part);
        if (part === "server") throw new Error("it hangs");
      },
    );
  await running.stop();
  expect(ended).toEqual(["agent", "server", "database"]);
});

test("what was still starting when everything ended is stopped as soon as it has started", async () => {
  const running = new Running();
  const slow = Promise.withResolvers<string>();
  let stopped = "";
  const start = running.start(
    "slow",
    () => slow.promise,
    async (part) => {
      stopped = part;
    },
  );
  const refused = expect(start).rejects.toThrow(Interrupted);
  const stop = running.stop();
  slow.resolve("slow");
  await stop;
  await refused;
  expect(stopped).toBe("slow");
  await expect(
    running.start(
      "late",
      async () => "",
      async () => {},
    ),
  ).rejects.toThrow(Interrupted);
});

test("a service that ends by itself ends everything, with the last lines of its log", async () => {
  const running = new Running();
  await running.service("agent", () => node("agent", "console.log('no such cluster'); process.exit(3)"));
  await expect(running.ending).rejects.toThrow(/agent ended by itself \(code 3\).*no such cluster/s);
  await running.stop();
});

test("stopping a service ends what it had started itself", async () => {
  const spawnChild = `const c = require("child_process").spawn(process.execPath, ["-e", "setInterval(()=>{},1e3)"], {stdio: "ignore"});
    console.log(c.pid); process.on("SIGTERM", () => process.exit(0)); setInterval(()=>{},1e3)`;
  const service = await node("parent", spawnChild);
  const said = () => readFileSync(service.logPath, "utf8").trim();
  await until(() => said() !== "");
  const child = Number(said());
  expect(isAlive(child)).toBe(true);
  await service.stop();
  await until(() => !isAlive(child));
  expect(service.isRunning()).toBe(false);
});

test("a leftover is ended only where it is ours", async () => {
  const service = await node("leftover", "setInterval(()=>{},1e3)");
  expect(belongsTo(service.pid, folder)).toBe(true);
  await endLeftovers([service.pid], "/another/folder");
  expect(isAlive(service.pid)).toBe(true);
  await endLeftovers([service.pid], folder);
  expect(await service.ended).toBe("SIGTERM");
});
