import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openMemories } from "./memory.ts";

const openMemory = (directory: string, environment: string) => openMemories(directory).open(environment);
const folder = () => mkdtempSync(join(tmpdir(), "plumbline-memory-"));

it("names a sync alike before and after a crash that came before it was remembered", () => {
  const directory = folder();
  const before = openMemory(directory, "production");
  const { nextSync } = before.is;
  // Told, and the process killed at once.
  before.is.recordedRevision = "a".repeat(40);
  const after = openMemory(directory, "production");
  expect(after.is).toMatchObject({ nextSync, recordedRevision: null });
});

it("has on disk after a flush that a sync was told, and names the next one otherwise", () => {
  const directory = folder();
  const before = openMemory(directory, "production");
  const { nextSync } = before.is;
  before.is.recordedRevision = "a".repeat(40);
  before.nameTaken();
  before.flush();
  const after = openMemory(directory, "production");
  expect(after.is.recordedRevision).toBe("a".repeat(40));
  expect(after.is.nextSync).not.toBe(nextSync);
  expect(after.is.nextSync).toBe(before.is.nextSync);
});

it("starts with nothing known of another environment", () => {
  const directory = folder();
  const production = openMemory(directory, "production");
  production.is.recordedRevision = "a".repeat(40);
  production.nameTaken();
  production.flush();
  expect(openMemory(directory, "staging").is.recordedRevision).toBeNull();
});
