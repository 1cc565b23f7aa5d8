/**
 * Records what a real kube-apiserver publishes about its built-in types, from a running one (OpenAPI) and
 * from Kubernetes' own Go modules: discovery (k8s.io/kubernetes/api) and, per Go struct field, what a round trip
 * through it does to empty values. Run by hand when the Kubernetes version moves:
 *
 *   go mod download k8s.io/kubernetes@v1.36.3 k8s.io/api@v0.36.3 k8s.io/apimachinery@v0.36.3 \
 *     k8s.io/apiextensions-apiserver@v0.36.3 k8s.io/kube-aggregator@v0.36.3
 *   node e2e/fakes/kubernetes/record.ts 1.36.3 <kubeconfig of a fresh cluster of that version>
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { ContractClient } from "./contract-client.ts";
import { goFieldsOf } from "./record-go-fields.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const [, , version, kubeconfigPath] = process.argv;
if (!version || !kubeconfigPath) throw new Error("say which version to record, and where its kubeconfig is");
const staging = `v0.${version.split(".").slice(1).join(".")}`;
const modules = execFileSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).trim();
const api = join(modules, `k8s.io/kubernetes@v${version}`, "api");

/** Without prose, and without CBOR, which a server offers only when a feature gate says so. */
function compact(value: Json): Json {
  if (Array.isArray(value)) return value.map(compact);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(
    ([key, v]) => !key.includes("cbor") && (key !== "description" || typeof v !== "string"),
  );
  return Object.fromEntries(kept.map(([key, v]) => [key, compact(v)]));
}

const readJson = (file: string): Json => JSON.parse(readFileSync(file, "utf8")) as Json;

/** Only what a kube-apiserver serves with its default settings: generally available versions. */
const servedByDefault = (groupVersion: string): boolean => !/v\d+(alpha|beta)\d+$/.test(groupVersion);

interface AggregatedGroup {
  metadata: { name?: string };
  versions: { version: string }[];
}
const discovery = (file: string): AggregatedGroup[] => {
  const list = readJson(join(api, "discovery", file)) as unknown as { items: AggregatedGroup[] };
  return list.items
    .map((item) => ({ ...item, versions: item.versions.filter((v) => servedByDefault(v.version)) }))
    .filter((item) => item.versions.length > 0);
};
const groups = discovery("aggregated_v2.json");

/** OpenAPI comes from a running kube-apiserver: unlike the files in the module it has the enumerations. */
async function recordOpenApi(kubeconfigPath: string): Promise<Record<string, Json>> {
  const client = new ContractClient(kubeconfigPath);
  const index = (await client.get("/openapi/v3")).body as {
    paths: Record<string, { serverRelativeURL: string }>;
  };
  const documents: Record<string, Json> = {};
  for (const [path, { serverRelativeURL }] of Object.entries(index.paths).sort()) {
    documents[path] = compact((await client.get(serverRelativeURL)).body);
  }
  await client.close();
  return documents;
}

const packages = [`k8s.io/api@${staging}`, `k8s.io/apimachinery@${staging}`].concat([
  `k8s.io/apiextensions-apiserver@${staging}`,
  `k8s.io/kube-aggregator@${staging}`,
]);
const recorded = {
  version: `v${version}`,
  groups,
  coreResources: readJson(join(api, "discovery", "api__v1.json")),
  openapi: await recordOpenApi(kubeconfigPath),
  goFields: goFieldsOf(packages.map((name) => join(modules, name))),
};
const text = Buffer.from(JSON.stringify(recorded));
const compressed = brotliCompressSync(text, {
  params: { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
});
const target = join(import.meta.dirname, "recorded", "kubernetes.json.br");
writeFileSync(target, compressed);
process.stdout.write(`${target}: ${text.length} bytes, ${compressed.length} compressed\n`);
