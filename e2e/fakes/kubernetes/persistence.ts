import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Certificate, selfSignedCertificate } from "./certificate.ts";
import { randomToken } from "./names.ts";
import type { Store, StoreSnapshot } from "./store.ts";

/** Kept beside the objects so that clients' credentials survive a restart too. */
export interface Secrets extends Certificate {
  adminToken: string;
  signingKey: string;
}

/** Reads the last snapshot, if there is one. */
export function readSnapshot(dataDir: string): StoreSnapshot | undefined {
  const file = join(dataDir, "objects.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as StoreSnapshot) : undefined;
}

/** Reads the credentials, or makes them once. */
export function readSecrets(dataDir: string | undefined): Secrets {
  const certificate = selfSignedCertificate("Plumbline simulated Kubernetes");
  const made = { adminToken: randomToken(), signingKey: randomToken(32), ...certificate };
  if (!dataDir) return made;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, "credentials.json");
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Secrets;
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}

/** Writes a snapshot soon after each change, whole and by rename; `flush` writes what is pending now. */
export function keepSnapshots(
  store: Store,
  dataDir: string,
  delayMs: number,
): { flush(): void; stop(): void } {
  const file = join(dataDir, "objects.json");
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    writeFileSync(`${file}.new`, JSON.stringify(store.snapshot()), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  const unsubscribe = store.subscribe(() => {
    timer ??= setTimeout(flush, delayMs).unref();
  });
  flush();
  return {
    flush,
    stop() {
      unsubscribe();
      flush();
    },
  };
}
