import { hash as digest } from "node:crypto";
import { currentVersion, genesisHash, hashEvent, parseLine } from "./rules.ts";

/** How far a chain has been followed. */
export type Head = { sequence: number; hash: string };

const hashLength = 64;
const lineFeed = 10;

/**
 * Follows one organization's chain through the lines that PostgreSQL prints of it, and stops at the first that does
 * not follow. Every hash is computed here, over the bytes that came: nothing of it is asked of the database.
 */
export class ChainCheck {
  readonly #organizationId: string;
  /** How each line of this chain begins, up to its number. */
  readonly #beginning: string;
  /** The last event that follows. */
  head: Head = { sequence: 0, hash: genesisHash };
  /** The hash of the one before it. */
  earlier = genesisHash;
  /** Hashes of the numbers that somebody has an anchor for. */
  readonly #wanted: ReadonlySet<number>;
  readonly seen = new Map<number, string>();

  constructor(organizationId: string, wanted: Iterable<number> = []) {
    this.#organizationId = organizationId;
    this.#beginning = `${currentVersion}\t${organizationId}\t`;
    this.#wanted = new Set(wanted);
  }

  /** Takes whole lines, in order; answers the first line that does not follow, else null. */
  take(bytes: Buffer): Buffer | null {
    for (let start = 0; start < bytes.length; ) {
      const found = bytes.indexOf(lineFeed, start);
      const end = found === -1 ? bytes.length : found;
      if (!this.#follows(bytes, start, end)) return bytes.subarray(start, end);
      start = end + 1;
    }
    return null;
  }

  #follows(bytes: Buffer, start: number, end: number): boolean {
    const sequence = this.head.sequence + 1;
    const bodyEnd = end - hashLength - 1;
    const beginning = `${this.#beginning}${sequence}\t`;
    // The hash before, a tab, and the hash; small texts of their own cost less than a view of the whole page.
    const hashes = bytes.toString("latin1", Math.max(start, bodyEnd - hashLength - 1), end);
    const hash = hashes.slice(hashLength + 2);
    const follows =
      bytes.toString("latin1", start, start + beginning.length) === beginning &&
      hashes.startsWith("\t") &&
      hashes.slice(1, hashLength + 1) === this.head.hash &&
      hashes[hashLength + 1] === "\t"
        ? digest("sha256", bytes.subarray(start, bodyEnd), "hex") === hash
        : this.#olderFollows(bytes.subarray(start, end), sequence);
    if (!follows) return false;
    this.earlier = this.head.hash;
    this.head = { sequence, hash };
    if (this.#wanted.has(sequence)) this.seen.set(sequence, hash);
    return true;
  }

  #olderFollows(line: Buffer, sequence: number): boolean {
    if (line[0] !== 0x31 || line[1] !== 9) return false;
    const event = parseLine(line.toString("utf8"));
    return (
      event.organizationId === this.#organizationId &&
      event.sequence === BigInt(sequence) &&
      event.previousHash === this.head.hash &&
      hashEvent(event) === event.hash
    );
  }
}
