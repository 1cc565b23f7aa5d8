/**
 * Records what a real kube-apiserver publishes about its built-in types, from Kubernetes' own Go modules:
 * discovery and OpenAPI documents (k8s.io/kubernetes/api) and, per Go struct field, what a round trip through
 * it does to empty values. Run by hand when the Kubernetes version moves:
 *
 *   go mod download k8s.io/kubernetes@v1.36.3 k8s.io/api@v0.36.3 k8s.io/apimachinery@v0.36.3 \
 *     k8s.io/apiextensions-apiserver@v0.36.3 k8s.io/kube-aggregator@v0.36.3
 *   node e2e/fakes/kubernetes/record.ts 1.36.3
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { goFieldsOf } from "./record-go-fields.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const version = process.argv[2] ?? "1.36.3";
const staging = `v0.${version.split(".").slice(1).join(".")}`;
const modules = execFileSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).trim();
const api = join(modules, `k8s.io/kubernetes@v${version}`, "api");

function withoutDescriptions(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([key, v]) => key !== "description" || typeof v !== "string");
  return Object.fromEntries(kept.map(([key, v]) => [key, withoutDescriptions(v)]));
}

const readJson = (file: string): Json => JSON.parse(readFileSync(file, "utf8")) as Json;

/** Only what a kube-apiserver serves with its default settings: generally available versions. */
const servedByDefault = (groupVersion: string): boolean => !/v\d+(alpha|beta)\d+$/.test(groupVersion);

const openapi: Record<string, Json> = {};
const folder = join(api, "openapi-spec", "v3");
for (const file of readdirSync(folder).sort()) {
  const path = file.replace(/_openapi\.json$/, "").replaceAll("__", "/");
  if (servedByDefault(path)) openapi[path] = withoutDescriptions(readJson(join(folder, file)));
}

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

const packages = [`k8s.io/api@${staging}`, `k8s.io/apimachinery@${staging}`].concat([
  `k8s.io/apiextensions-apiserver@${staging}`,
  `k8s.io/kube-aggregator@${staging}`,
]);
const recorded = {
  version: `v${version}`,
  groups: discovery("aggregated_v2.json"),
  coreResources: readJson(join(api, "discovery", "api__v1.json")),
  openapi,
  goFields: goFieldsOf(packages.map((name) => join(modules, name))),
};
const text = Buffer.from(JSON.stringify(recorded));
const compressed = brotliCompressSync(text, {
  params: { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
});
const target = join(import.meta.dirname, "recorded", "kubernetes.json.br");
writeFileSync(target, compressed);
process.stdout.write(`${target}: ${text.length} bytes, ${compressed.length} compressed\n`);
