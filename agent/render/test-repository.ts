import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Declaration } from "../declaration.ts";
import { openRenderer, type Rendered, type RendererOptions } from "./index.ts";

/** For tests: a folder of files that stands for a checkout, and a renderer with a cache of its own. */
export function openTestRepository(engines: RendererOptions["engines"]) {
  const place = mkdtempSync(join(tmpdir(), "plumbline-render-"));
  const directory = join(place, "repository");
  mkdirSync(directory);
  return {
    place,
    directory,
    cacheDir: join(place, "cache"),
    /** Writes files; `-> target` makes a symbolic link. */
    write(files: Record<string, string>): void {
      for (const [name, content] of Object.entries(files)) {
        const path = join(directory, name);
        mkdirSync(dirname(path), { recursive: true });
        rmSync(path, { force: true });
        if (content.startsWith("-> ")) symlinkSync(content.slice(3), path);
        else writeFileSync(path, content);
      }
    },
    render(
      path: string,
      declared: object = {},
      options: Partial<RendererOptions> = {},
      signal?: AbortSignal,
    ): Promise<Rendered> {
      const declaration = Declaration.parse({
        name: "production",
        repository: { url: "https://example.com/x" },
        path,
        ...declared,
      });
      const renderer = openRenderer({ engines, cacheDir: join(place, "cache"), ...options });
      return renderer.render({
        directory,
        revision: "a".repeat(40),
        declaration,
        ...(signal ? { signal } : {}),
      });
    },
    remove: () => rmSync(place, { recursive: true, force: true }),
  };
}

/** For tests: what each object is and where it stands. */
export function summary(rendered: Rendered): string[] {
  return rendered.objects.map(({ object, source }) => {
    const line = source?.line === undefined ? "" : `:${source.line}`;
    return `${object.kind} ${object.metadata.name} ${source?.file ?? "?"}${line}`;
  });
}
