import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cacheFolder, withLock } from "./cache-folder.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the cache folder", () => {
  test("is where PLUMBLINE_CACHE says, else below the user's cache", () => {
    expect(cacheFolder({ PLUMBLINE_CACHE: "/elsewhere" })).toBe("/elsewhere");
    expect(cacheFolder({ XDG_CACHE_HOME: "/xdg" })).toBe("/xdg/plumbline");
    expect(cacheFolder({})).toMatch(/\.cache\/plumbline$/);
  });
});

describe("a lock", () => {
  const log = () => undefined;

  test("lets one caller work at a time, and each get its own answer", async () => {
    const lock = join(folder, "deep", ".lock");
    let working = 0;
    const work = async (answer: number) => {
      expect(++working).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      working--;
      return answer;
    };
    expect(await Promise.all([1, 2, 3].map((answer) => withLock(lock, log, () => work(answer))))).toEqual([
      1, 2, 3,
    ]);
    expect(existsSync(lock)).toBe(false);
  });

  test("is given back when the work fails", async () => {
    const lock = join(folder, ".lock");
    await expect(withLock(lock, log, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(await withLock(lock, log, async () => "again")).toBe("again");
  });

  test("of a process that has died is taken over", async () => {
    const lock = join(folder, ".lock");
    // Above the highest process id that Linux ever gives.
    writeFileSync(lock, "4194305");
    expect(await withLock(lock, log, async () => "done")).toBe("done");
    // The id of this very process, from an earlier run in a like container.
    writeFileSync(lock, String(process.pid));
    expect(await withLock(lock, log, async () => "done")).toBe("done");
  });
});
