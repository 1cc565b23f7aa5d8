import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openDurableText } from "./durable-file.ts";

const place = () => join(mkdtempSync(join(tmpdir(), "plumbline-durable-")), "memory", "one.json");
const textOf = (file: string) => openDurableText(file).text;

it("keeps the text that was written last, whatever their lengths", () => {
  const file = place();
  expect(textOf(file)).toBeNull();
  const { kept } = openDurableText(file);
  for (const text of ["a long first text", "short", "é", ""]) {
    kept.write(text);
    expect(textOf(file)).toBe(text);
  }
  openDurableText(file).kept.write("after a restart");
  expect(textOf(file)).toBe("after a restart");
});

it("goes back to the text before one that was not written to its end", () => {
  const file = place();
  const { kept } = openDurableText(file);
  kept.write("the first");
  kept.write("the second");
  const second = `${file}.2`;
  const whole = readFileSync(second);
  for (let end = 0; end < whole.length; end++) {
    writeFileSync(second, whole.subarray(0, end));
    expect(textOf(file)).toBe("the first");
  }
  // The next write goes over the torn one, and not over the good one.
  openDurableText(file).kept.write("the third");
  expect(readFileSync(file, "utf8")).toContain("the first");
  expect(textOf(file)).toBe("the third");
});

it("knows nothing after it was removed", () => {
  const file = place();
  const { kept } = openDurableText(file);
  kept.write("one");
  kept.write("two");
  kept.remove();
  expect(textOf(file)).toBeNull();
});
