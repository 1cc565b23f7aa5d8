import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

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
