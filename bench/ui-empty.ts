import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "#scripts/processes/ports.ts";
import type { Running } from "#scripts/processes/running.ts";
import { startService } from "#scripts/processes/service.ts";
import { runProgram } from "./program.ts";
import { root, untilAnswers } from "./ui-world.ts";

/** Builds and serves an empty Next app of the same versions; answers with its address. */
export async function startEmptyApp(running: Running, say: (line: string) => void): Promise<string> {
  // Within this folder, so that Next finds the same packages.
  const dir = join(root, ".plumbline", "bench-ui-empty");
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(join(dir, "app"), { recursive: true });
  const files = {
    "package.json": JSON.stringify({ name: "empty", private: true, type: "module" }),
    "next.config.ts": `export default { typescript: { ignoreBuildErrors: true }, turbopack: { root: ${JSON.stringify(root)} } };\n`,
    "app/layout.tsx": `export default function Layout({ children }: { children: React.ReactNode }) {\n  return <html lang="en"><body>{children}</body></html>;\n}\n`,
    "app/page.tsx": "export default function Page() {\n  return <p>Empty</p>;\n}\n",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  say("building an empty Next app beside it");
  const next = join(root, "node_modules/next/dist/bin/next");
  const { code, stdout, stderr } = await runProgram(process.execPath, [next, "build", dir]);
  if (code !== 0) throw new Error(`"next build" of the empty app failed:\n${stdout}${stderr}`);
  const port = await freePort();
  await running.service("the empty app", () =>
    startService({
      name: "the empty app",
      command: process.execPath,
      args: [next, "start", dir, "-p", String(port)],
      logPath: join(dir, "server.log"),
      env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    }),
  );
  const url = `http://localhost:${port}/`;
  await untilAnswers(url);
  return url;
}
