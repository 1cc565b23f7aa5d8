import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DesiredObject } from "../object.ts";

/** Desired state in file order, and every repository file that had a part in it, sorted. */
export type Rendered = {
  objects: DesiredObject[];
  inputs: string[];
  /** The inputs, and what else decided them: what `Inputs` of the protocol is. */
  closure: string[];
  renderer: "yaml" | "kustomize" | "helm";
};

/** Rendered results on disk by digest of all that decides them; the least recently used go first. */
export function openRenderedCache(folder: string, max: number) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let puts = 0;

  async function evict(): Promise<void> {
    const names = await readdir(folder);
    if (names.length <= max) return;
    const aged = await Promise.all(
      names.map(async (name) => ({
        name,
        used: (await stat(join(folder, name)).catch(() => undefined))?.mtimeMs ?? 0,
      })),
    );
    aged.sort((a, b) => a.used - b.used);
    for (const { name } of aged.slice(0, names.length - max)) await rm(join(folder, name), { force: true });
  }

  return {
    async find(digest: string): Promise<Rendered | undefined> {
      const path = join(folder, `${digest}.json`);
      try {
        const rendered = JSON.parse(await readFile(path, "utf8")) as Rendered;
        await utimes(path, new Date(), new Date());
        return rendered;
      } catch {
        return undefined;
      }
    },
    /** Keeping it is a convenience: a full disk fails no rendering. */
    async put(digest: string, rendered: Rendered): Promise<void> {
      const draft = join(folder, `.${randomUUID()}`);
      try {
        await writeFile(draft, JSON.stringify(rendered), { mode: 0o600 });
        await rename(draft, join(folder, `${digest}.json`));
        if (puts++ % 20 === 0) await evict();
      } catch {
        await rm(draft, { force: true });
      }
    },
  };
}
