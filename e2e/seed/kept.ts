import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "#scripts/engines/cache-folder.ts";

const root = join(import.meta.dirname, "..", "..");
const sources = ["e2e/seed", "lib", "prisma/migrations", "prisma/schema.prisma", "scripts/postgres.ts"];
/** What only looks at what was seeded. */
const lookers = /(\.test\.tsx?|\/(screenshots|pages|kept)\.ts)$/;
const dayMs = 86_400_000;

/** Where a folder made by `what` from the present sources is kept from run to run. */
export function keptFolder(what: string): string {
  const hash = createHash("sha256").update(what);
  const add = (path: string) => {
    const at = join(root, path);
    if (statSync(at).isDirectory())
      for (const entry of readdirSync(at).sort())
        !lookers.test(`${path}/${entry}`) && add(`${path}/${entry}`);
    else hash.update(`${path}\0`).update(readFileSync(at));
  };
  for (const source of sources) add(source);
  return join(cacheFolder(), "seeded", hash.digest("hex").slice(0, 24));
}

/** Copies a kept folder to `dir`; false where there is none. */
export function takeKept(kept: string, dir: string): boolean {
  if (!existsSync(kept)) return false;
  copy(kept, dir);
  return true;
}

/** Keeps a copy of `dir`, whole or not at all, and forgets those that are older than a day. */
export function keep(kept: string, dir: string): void {
  const parent = join(kept, "..");
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent))
    if (Date.now() - statSync(join(parent, name)).mtimeMs > dayMs)
      rmSync(join(parent, name), { recursive: true, force: true });
  const unfinished = `${kept}.${process.pid}`;
  copy(dir, unfinished);
  if (existsSync(kept)) rmSync(unfinished, { recursive: true, force: true });
  else renameSync(unfinished, kept);
}

/** With owners and rights: PostgreSQL starts on no folder but its own. */
function copy(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  execFileSync("cp", ["-a", from, to]);
}
