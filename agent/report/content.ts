import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Report } from "../../lib/protocol/report.ts";
import { writeDurably } from "../durable-file.ts";

/** Finds the masked body of a digest among the objects as they are now. */
export type LiveBodies = (digest: string) => string | undefined;

/** Masked manifest bodies by digest, for the server that asks for them. */
export type Content = ReturnType<typeof openContent>;

/**
 * Bodies of objects as they are now are made anew when asked for. Only a body that was reported, is not yet
 * acknowledged, and is about to be overwritten goes to disk: bounded, oldest dropped first.
 */
export function openContent(options: { directory: string; maxBytes?: number }) {
  const { directory, maxBytes = 64 * 1024 * 1024 } = options;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const live = new Map<string, LiveBodies>();
  /** By digest that was reported and is not acknowledged: the environment that has its object. */
  const expected = new Map<string, string>();
  const stored = readStored(directory);
  let bytes = [...stored.values()].reduce((sum, size) => sum + size, 0);

  const fileOf = (digest: string) => join(directory, `${digest}.gz`);

  function forget(digest: string): void {
    bytes -= stored.get(digest) ?? 0;
    stored.delete(digest);
    rmSync(fileOf(digest), { force: true });
  }

  return {
    /** Where to look for the bodies of an environment's objects; undefined when it is no longer declared. */
    follow(environment: string, bodies: LiveBodies | undefined): void {
      if (bodies) live.set(environment, bodies);
      else live.delete(environment);
    },

    /** A report that mentions digests is queued: their bodies may be asked for. */
    mentioned(report: Pick<Report, "environment" | "resources">): void {
      for (const digest of digestsOf(report)) expected.set(digest, report.environment);
    },

    /** The report is recorded, and what the server lacked of it is `owed`. */
    settled(report: Pick<Report, "resources">, owed: ReadonlySet<string>): void {
      for (const digest of digestsOf(report)) {
        if (owed.has(digest)) continue;
        expected.delete(digest);
        if (stored.has(digest)) forget(digest);
      }
    },

    /** The server has this body now. */
    delivered(digest: string): void {
      expected.delete(digest);
      if (stored.has(digest)) forget(digest);
    },

    /** The object behind a digest is another one now; keeps the body where the server may still want it. */
    superseded(digest: string, body: () => string): void {
      if (!expected.has(digest) || stored.has(digest)) return;
      try {
        const packed = gzipSync(body(), { level: 1 });
        writeDurably(fileOf(digest), packed);
        stored.set(digest, packed.byteLength);
        bytes += packed.byteLength;
      } catch {
        // A full disk costs the body of one passing moment, not its verdict.
      }
      for (const oldest of stored.keys()) {
        if (bytes <= maxBytes) break;
        forget(oldest);
      }
    },

    /** The masked canonical JSON behind a digest, or undefined where nobody has it any more. */
    bodyOf(digest: string): string | undefined {
      const current = live.get(expected.get(digest) ?? "")?.(digest);
      if (current !== undefined) return current;
      if (stored.has(digest))
        try {
          return gunzipSync(readFileSync(fileOf(digest))).toString("utf8");
        } catch {
          forget(digest);
        }
      for (const bodies of live.values()) {
        const body = bodies(digest);
        if (body !== undefined) return body;
      }
      return undefined;
    },
  };
}

function digestsOf(report: Pick<Report, "resources">): string[] {
  return report.resources.flatMap(({ desiredDigest, observedDigest }) =>
    [desiredDigest, observedDigest].filter((digest) => digest !== undefined),
  );
}

function readStored(directory: string): Map<string, number> {
  return new Map(
    readdirSync(directory)
      .filter((name) => /^[0-9a-f]{64}\.gz$/.test(name))
      .map((name) => ({ digest: name.slice(0, 64), stat: statSync(join(directory, name)) }))
      .sort((a, b) => a.stat.mtimeMs - b.stat.mtimeMs)
      .map(({ digest, stat }) => [digest, stat.size]),
  );
}
