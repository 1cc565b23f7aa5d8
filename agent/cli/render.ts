import { stringify } from "yaml";
import { renderPath } from "./desired.ts";

/** Prints what a path renders to, Secrets masked; answers the exit code. */
export async function renderCommand(
  path: string,
  options: { namespace?: string; output: "yaml" | "json" },
): Promise<number> {
  const { objects, mask } = await renderPath(path, options.namespace);
  const masked = objects.map(({ object }) => mask.object(object));
  process.stdout.write(
    options.output === "json"
      ? `${JSON.stringify({ apiVersion: "v1", kind: "List", items: masked }, null, 2)}\n`
      : masked
          .map((object) => `---\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`)
          .join(""),
  );
  return 0;
}
