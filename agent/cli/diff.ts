import type { ResourceStatus } from "../../lib/protocol/object.ts";
import { FIELD_MANAGER } from "../apply/index.ts";
import { ApiError, type Cluster, connect, nameOf } from "../cluster/index.ts";
import { readCliConfig } from "../config.ts";
import { schemasFrom } from "../diff/index.ts";
import { type DesiredObject, refOf } from "../object.ts";
import { place } from "../place.ts";
import type { Sight } from "../sight.ts";
import { judgeDesired } from "../verdict/status.ts";
import { renderPath } from "./desired.ts";
import { printDiff } from "./print-diff.ts";

/** What `plumb diff` was asked. */
export type DiffOptions = {
  kubeconfig?: string;
  context?: string;
  namespace?: string;
  fieldManager?: string;
  additions: boolean;
  output: "text" | "json";
};

/** Prints how the cluster differs from a path; answers 0 for not at all, 1 for somehow, 2 for "cannot tell". */
export async function diffCommand(path: string, options: DiffOptions): Promise<number> {
  const config = readCliConfig();
  // The cluster answers while we render; what is wrong with the manifests is said first.
  const connecting = connect({
    kubeconfig: options.kubeconfig ?? config.kubeconfig,
    context: options.context,
  });
  connecting.catch(() => {});
  try {
    const { objects, declaration, mask } = await renderPath(path, options.namespace);
    const cluster = await connecting;
    const placed = await place(cluster, objects, options.namespace);
    const [schemas, look] = await Promise.all([
      readSchemas(cluster, placed.objects),
      readObserved(cluster, placed.objects),
    ]);
    const judgement = {
      declaration: { ...declaration, additionsCount: options.additions },
      schemas,
      mask,
      fieldManager: options.fieldManager ?? FIELD_MANAGER,
      committedAt: new Date().toISOString(),
    };
    const statuses = await Promise.all(
      placed.objects.map(async (one) => {
        const { cause: _, ...status } = judgeDesired(judgement, one, await look(one), undefined);
        return status as ResourceStatus;
      }),
    );
    if (options.output === "json")
      process.stdout.write(`${JSON.stringify({ resources: statuses }, null, 2)}\n`);
    else process.stdout.write(printDiff(statuses, config.colour && process.stdout.isTTY === true));
    if (statuses.some(({ sync }) => sync === "Unknown")) return 2;
    return statuses.some(({ sync }) => sync !== "Synced") ? 1 : 0;
  } finally {
    await connecting.then(
      (cluster) => cluster.close(),
      () => {},
    );
  }
}

async function readSchemas(cluster: Cluster, objects: DesiredObject[]) {
  const versions = [...new Set(objects.map(({ object }) => object.apiVersion))];
  const documents = await Promise.all(versions.map((version) => cluster.openApi(version)));
  return schemasFrom(documents.filter((document) => document !== undefined));
}

/** More objects than this of one kind and namespace are cheaper to list than to get one by one. */
const LIST_FROM = 4;

/** Reads the observed objects, a whole kind at once where many of it are asked for. */
async function readObserved(
  cluster: Cluster,
  objects: DesiredObject[],
): Promise<(one: DesiredObject) => Promise<Sight>> {
  const groups = Map.groupBy(
    objects,
    ({ object }) => `${object.apiVersion} ${object.kind} ${object.metadata.namespace ?? ""}`,
  );
  const lists = new Map<string, Promise<Map<string, Sight>>>();
  const groupOf = ({ object }: DesiredObject) =>
    `${object.apiVersion} ${object.kind} ${object.metadata.namespace ?? ""}`;
  for (const [key, members] of groups)
    if (members.length >= LIST_FROM) lists.set(key, readGroup(cluster, members));
  return async (one) => {
    const list = await lists.get(groupOf(one))?.catch(() => undefined);
    if (list) return list.get(one.object.metadata.name) ?? { is: "absent" };
    return readOne(cluster, one);
  };
}

async function readGroup(cluster: Cluster, members: DesiredObject[]): Promise<Map<string, Sight>> {
  const [first] = members;
  if (!first) return new Map();
  const ref = refOf(first.object);
  const type = await cluster.resourceFor(ref);
  if (!type) return new Map();
  const items = await cluster.list(type, ref.namespace || undefined);
  return new Map(items.map((object) => [object.metadata.name, { is: "there", object, related: {} }]));
}

async function readOne(cluster: Cluster, { object }: DesiredObject): Promise<Sight> {
  const ref = refOf(object);
  try {
    const found = await cluster.get(ref);
    return found ? { is: "there", object: found, related: {} } : { is: "absent" };
  } catch (error) {
    if (error instanceof ApiError)
      return { is: "hidden", reason: `${nameOf(ref)} cannot be read: ${error.message}` };
    throw error;
  }
}
