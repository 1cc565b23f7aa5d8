import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres } from "./postgres.ts";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "plumbline-postgres-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function query(url: string, text: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test("a server whose starter was killed is taken over, with its data", async () => {
  const script = `
    import { startPostgres } from ${JSON.stringify(new URL("./postgres.ts", import.meta.url).href)};
    const { ownerUrl } = await startPostgres({ dir: process.argv[1] });
    console.log(ownerUrl);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script, "--", dir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
  await query(line.trim(), "create table kept as select 42 as answer");
  await expect(startPostgres({ dir })).rejects.toThrow(/in use by process/);
  child.kill("SIGKILL");
  await once(child, "exit");
  const postgres = await startPostgres({ dir });
  expect(await query(postgres.ownerUrl, "select answer from kept")).toEqual([{ answer: 42 }]);
  expect(await query(postgres.ownerUrl, "show server_encoding")).toEqual([{ server_encoding: "UTF8" }]);
  await expect(query(postgres.appUrl, "create table mine()")).rejects.toThrow(/permission denied/);
  await postgres.stop();
  await expect(query(postgres.ownerUrl, "select 1")).rejects.toThrow();
});
