import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const outdir = process.argv[2] ?? join(root, "dist", "agent");

/** zod's complaints in English: its other languages are as much text to load and to keep as all the rest of it. */
const englishOnly: Plugin = {
  name: "english-only",
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
  },
};

/** Bundles the agent into one folder, dist/agent or the given one, that Node runs alone: the image carries no node_modules. */
rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });
await build({
  entryPoints: { main: join(root, "agent/main.ts"), plumb: join(root, "agent/cli/plumb.ts") },
  outdir,
  bundle: true,
  splitting: true,
  platform: "node",
  target: "node24",
  format: "esm",
  // Names stay whole, for the sake of stack traces; the rest is memory and start-up time.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: "linked",
  legalComments: "linked",
  plugins: [englishOnly],
  // Some CommonJS dependencies call require at run time.
  banner: {
    js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  },
});
writeFileSync(join(outdir, "package.json"), '{ "type": "module" }\n');
const launcher = join(outdir, "plumb");
// Compiled code is kept for the next start where there is a place to keep it.
writeFileSync(
  launcher,
  '#!/usr/bin/env node\nimport { enableCompileCache } from "node:module";\nenableCompileCache();\nawait import("./plumb.js");\n',
);
chmodSync(launcher, 0o755);
