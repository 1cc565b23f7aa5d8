import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { readCliConfig } from "../config.ts";
import { Declaration } from "../declaration.ts";
import { StageError } from "../errors.ts";
import { createMask, type Mask } from "../mask/index.ts";
import type { DesiredObject } from "../object.ts";
import { openRenderer } from "../render/index.ts";
import { findRoot } from "./root.ts";

/** Renders a path of this machine as the agent would render it of a checkout; throws a sentence with file and line. */
export async function renderPath(
  path: string,
  namespace: string | undefined,
): Promise<{ objects: DesiredObject[]; declaration: Declaration; mask: Mask }> {
  if (!existsSync(path)) throw new Error(`${path} does not exist.`);
  const target = realpathSync(path);
  const root = findRoot(target);
  const declaration = Declaration.parse({
    name: environmentName(basename(target)),
    repository: { url: root },
    path: relative(root, target) || ".",
    namespace,
  });
  const mask = createMask({ key: randomBytes(32), rules: declaration.mask });
  const cacheDir = mkdtempSync(join(tmpdir(), "plumb-"));
  try {
    const renderer = openRenderer({ engines: readCliConfig().engines, cacheDir });
    const { objects } = await renderer.render({ directory: root, revision: "0".repeat(40), declaration });
    for (const { object } of objects) mask.learn(object);
    const located = objects.map(({ object, source }) => ({
      object,
      ...(source && { source: { ...source, file: fromHere(root, source.file) } }),
    }));
    return { objects: located, declaration, mask };
  } catch (error) {
    if (!(error instanceof StageError)) throw error;
    const { file, line } = error.at;
    const place = file ? `${fromHere(root, file)}${line ? `:${line}` : ""}: ` : "";
    throw new Error(`${place}${mask.text(error.message)}`, { cause: error });
  } finally {
    rmSync(cacheDir, { recursive: true, force: true });
  }
}

/** A file of the repository as someone in the working directory would name it. */
function fromHere(root: string, file: string): string {
  const path = relative(process.cwd(), join(root, file));
  return path.startsWith("../../..") ? join(root, file) : path;
}

const environmentName = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 63) || "local";
