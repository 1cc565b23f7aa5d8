import { close, closeSync, fsync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a file whole or not at all; `flush` waits until it would survive a loss of power, or (`soon`) sees to
 * it without waiting.
 */
export function writeDurably(
  file: string,
  text: string | Uint8Array,
  options: { flush?: boolean | "soon"; mode?: number } = {},
): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.new`;
  const handle = openSync(temporary, "w", options.mode ?? 0o600);
  try {
    writeFileSync(handle, text);
    if (options.flush === true) fsyncSync(handle);
  } catch (error) {
    closeSync(handle);
    throw error;
  }
  if (options.flush !== "soon") closeSync(handle);
  renameSync(temporary, file);
  if (options.flush === "soon") fsync(handle, () => close(handle));
}
