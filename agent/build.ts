import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const outdir = join(root, "dist", "agent");

/** Bundles the agent into one file that Node runs alone: the image carries no node_modules. */
mkdirSync(outdir, { recursive: true });
await build({
  entryPoints: { main: join(root, "agent/main.ts"), plumb: join(root, "agent/cli/plumb.ts") },
  outdir,
  bundle: true,
  splitting: true,
  platform: "node",
  target: "node24",
  format: "esm",
  sourcemap: "linked",
  legalComments: "linked",
  // Some CommonJS dependencies call require at run time.
  banner: {
    js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  },
});
writeFileSync(join(outdir, "package.json"), '{ "type": "module" }\n');
const launcher = join(outdir, "plumb");
writeFileSync(launcher, '#!/usr/bin/env node\nimport "./plumb.js";\n');
chmodSync(launcher, 0o755);
