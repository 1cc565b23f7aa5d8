import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import { run } from "#e2e/stack/processes.ts";
import { ensureEngines } from "#scripts/engines/engines.ts";
import { parseEnvironments } from "../agent/environments-file.ts";

/** The folder of the agent's chart. */
export const chart = fileURLToPath(new URL("plumbline-agent", import.meta.url));

/** A rendered or stored object; only its shape is promised. */
// biome-ignore lint/suspicious/noExplicitAny: manifests of every kind are looked into.
export type Manifest = Record<string, any> & {
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
};

/** The values without which the chart refuses to render. */
export const minimal = {
  controlPlane: { url: "https://plumbline.example.com", token: "plumbline-token" },
};

/** Runs Helm with values in a file of its own; throws with what Helm complained about. */
export async function helm(args: string[], values: unknown, env?: Record<string, string>): Promise<string> {
  const { helm: program } = await ensureEngines(() => undefined);
  const folder = mkdtempSync(join(tmpdir(), "plumbline-chart-"));
  const file = join(folder, "values.yaml");
  writeFileSync(file, typeof values === "string" ? values : JSON.stringify(values));
  const home = { HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder };
  try {
    return await run([program, ...args, "--values", file], { env: { ...home, ...env } });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every object that the chart renders to with these values. */
export async function template(values: unknown, release = "agent", namespace = "plumbline") {
  const text = await helm(["template", release, chart, "--namespace", namespace], values);
  const documents = parseAllDocuments(text, { version: "1.1" });
  const manifests = documents.map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS() as Manifest | null;
  });
  return manifests.filter((manifest) => manifest !== null);
}

/** The one object of a kind (and name); throws where there is none. */
export function the(kind: string, manifests: Manifest[], name = ""): Manifest {
  const found = manifests.filter((one) => one.kind === kind && one.metadata.name.includes(name));
  if (found.length !== 1)
    throw new Error(`${found.length} of kind ${kind} are named "${name}", one was looked for.`);
  return found[0]!;
}

/** An environment with nothing but what it must have. */
export const environment = { name: "production", repository: { url: "https://git.example.com/fleet" } };

/** Values with one environment. */
export const withEnvironment = (more: object) => ({
  ...minimal,
  environments: [{ ...environment, ...more }],
});

/** The agent's pod. */
export const podOf = (manifests: Manifest[]) => the("Deployment", manifests).spec.template.spec;

/** What the agent reads from the ConfigMap. */
export const declared = (manifests: Manifest[]) =>
  parseEnvironments(the("ConfigMap", manifests).data["environments.yaml"]);
