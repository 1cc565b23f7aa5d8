import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** Writes lines with their time to a log file. */
export function logTo(path: string): (line: string) => void {
  mkdirSync(dirname(path), { recursive: true });
  return (line) => appendFileSync(path, `${new Date().toISOString()} ${line}\n`, { mode: 0o600 });
}
