import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parseAllDocuments } from "yaml";
import type { Engines } from "../../scripts/engines/engines.ts";
import { Declaration } from "../declaration.ts";
import type { KubeObject } from "../object.ts";
import { openRenderer } from "../render/index.ts";

const TESTDATA = join(import.meta.dirname, "testdata");
/** Whether an object defines a kind. */
export const isDefinition = ({ kind }: KubeObject) => kind === "CustomResourceDefinition";

function readManifests(folder: string): KubeObject[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .flatMap((file) =>
      parseAllDocuments(readFileSync(join(folder, file), "utf8")).map((one) => one.toJS() as KubeObject),
    );
}

/** The objects of testdata/referee, definitions before what they define. */
export function refereeObjects(): KubeObject[] {
  const all = readManifests(join(TESTDATA, "referee"));
  return [...all.filter(isDefinition), ...all.filter((one) => !isDefinition(one))];
}

/** Definitions of other projects' kinds, which `refereeObjects` and `conformanceObjects` are of. */
export function foreignDefinitions(): KubeObject[] {
  const upstream = gunzipSync(readFileSync(join(TESTDATA, "definitions/upstream.jsonl.gz"))).toString("utf8");
  return [
    ...readManifests(join(TESTDATA, "definitions")),
    ...upstream.split("\n").map((line) => JSON.parse(line) as KubeObject),
  ];
}

/** Every object that the conformance manifests in a folder render to, overlay by overlay. */
export async function conformanceObjects(folder: string, engines: Engines): Promise<KubeObject[]> {
  const cacheDir = mkdtempSync(join(tmpdir(), "plumbline-referee-"));
  try {
    const renderer = openRenderer({ engines, cacheDir });
    const objects: KubeObject[] = [];
    const flux = ["apps/base/podinfo", "apps/production", "apps/staging"];
    flux.push(
      "infrastructure/controllers",
      "infrastructure/configs",
      "clusters/production",
      "clusters/staging",
    );
    const places = [...flux.map((path) => ["flux2-kustomize-helm-example", path]), ["podinfo", "kustomize"]];
    for (const [repository, path] of places as [string, string][]) {
      const declaration = Declaration.parse({
        name: "x",
        repository: { url: "https://example.com/x" },
        path,
      });
      const directory = join(folder, repository);
      const rendered = await renderer.render({ directory, revision: "a".repeat(40), declaration });
      objects.push(...rendered.objects.map(({ object }) => object));
    }
    return objects;
  } finally {
    rmSync(cacheDir, { recursive: true, force: true });
  }
}
