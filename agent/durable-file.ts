import {
  closeSync,
  constants,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";

/** Writes a file whole or not at all; `flush` waits until it would survive a loss of power. */
export function writeDurably(
  file: string,
  text: string | Uint8Array,
  options: { flush?: boolean; mode?: number } = {},
): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.new`;
  const handle = openSync(temporary, "w", options.mode ?? 0o600);
  try {
    writeFileSync(handle, text);
    if (options.flush) fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}

/** A text that is written over and over, and that a killed process leaves as it was or as it is now. */
export type DurableText = { write(text: string): void; remove(): void };

/**
 * Opens such a text and answers with what it is, where there is one. It is kept in two files that are written in
 * turns, in place: renaming costs a file system many times what writing a few kilobytes does. Each begins with
 * a number, which tells the newer one, and a checksum, which tells one that was not written to its end.
 */
export function openDurableText(file: string): { text: string | null; kept: DurableText } {
  const slots = [file, `${file}.2`] as const;
  const found = slots.map(readSlot);
  let number = Math.max(0, ...found.map((slot) => slot?.number ?? 0));
  let next: 0 | 1 = found[0]?.number === number ? 1 : 0;
  const text = found.find((slot) => slot?.number === number)?.text ?? null;
  let isThere = false;
  const kept: DurableText = {
    write(text) {
      const content = Buffer.from(`${number + 1} ${crc32(text)}\n${text}`);
      if (!isThere) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      isThere = true;
      const handle = openSync(slots[next], constants.O_WRONLY | constants.O_CREAT, 0o600);
      try {
        for (let at = 0; at < content.length; ) at += writeSync(handle, content, at, content.length - at, at);
        ftruncateSync(handle, content.length);
      } finally {
        closeSync(handle);
      }
      number += 1;
      next = next === 0 ? 1 : 0;
    },
    remove() {
      for (const slot of slots) rmSync(slot, { force: true });
    },
  };
  return { text, kept };
}

function readSlot(slot: string): { number: number; text: string } | null {
  try {
    const content = readFileSync(slot, "utf8");
    const end = content.indexOf("\n");
    const [number, checksum] = content.slice(0, end).split(" ").map(Number);
    const text = content.slice(end + 1);
    return number && crc32(text) === checksum ? { number, text } : null;
  } catch {
    return null;
  }
}
