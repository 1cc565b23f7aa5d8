import { stringify } from "yaml";
import { renderPath } from "./desired.ts";

/** Prints what a path renders to, Secrets masked unless asked for; answers the exit code. */
export async function renderCommand(
  path: string,
  options: { namespace?: string; output: "yaml" | "json"; showSecrets: boolean },
): Promise<number> {
  const { objects, mask } = await renderPath(path, options.namespace);
  const shown = objects.map(({ object }) => (options.showSecrets ? object : mask.object(object)));
  process.stdout.write(
    options.output === "json"
      ? `${JSON.stringify({ apiVersion: "v1", kind: "List", items: shown }, null, 2)}\n`
      : shown
          .map((object) => `---\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`)
          .join(""),
  );
  return 0;
}
