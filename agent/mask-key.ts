import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeDurably } from "./durable-file.ts";

/**
 * The key of masks and digests: from a file that replicas may share, else a random one kept in the data
 * directory. It never leaves the cluster; losing it makes old digests incomparable and nothing else.
 */
export function readMaskKey(options: { file?: string; dataDir: string }): Buffer {
  if (options.file) {
    const key = readFileSync(options.file);
    if (key.byteLength < 16)
      throw new Error(`The mask key in ${options.file} is shorter than 16 bytes; give it 32 random ones.`);
    return key;
  }
  const file = join(options.dataDir, "mask-key");
  try {
    const key = Buffer.from(readFileSync(file, "utf8"), "hex");
    if (key.byteLength === 32) return key;
  } catch {
    // The first start on this disk.
  }
  const key = randomBytes(32);
  writeDurably(file, key.toString("hex"), { flush: true });
  return key;
}
