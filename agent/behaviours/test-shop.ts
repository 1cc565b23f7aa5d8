import { objectKey } from "../../lib/protocol/object.ts";
import { withInventory } from "../apply/index.ts";
import { type KubeObject, refOf } from "../object.ts";
import type { World } from "./test-world.ts";

const SIZE = 300;
const FILES = 10;
/** Objects that each commit removes, and as many that it adds. */
const TURNOVER = 8;

/** Numbers that look random and are the same for the same seed (mulberry32): from 0 up to, not including, `below`. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/**
 * Desired state that is 300 objects at every commit; each commit changes all of them, removes some and adds
 * some. Now and then it drops one whose annotation says that it must stay.
 */
export function openShop(seed: number) {
  const random = seeded(seed);
  const kept = new Set<string>();
  let names = Array.from({ length: SIZE }, (_, index) => `item-${index}`);
  let made = SIZE;
  let commits = 0;

  const objectOf = (name: string): KubeObject => {
    const number = Number(name.slice(name.lastIndexOf("-") + 1));
    const annotations = {
      commit: String(commits),
      ...(isKept(name) && { "plumbline.dev/prune": "disabled" }),
    };
    const metadata = { name, annotations };
    if (number % 10 === 1)
      return { apiVersion: "v1", kind: "Secret", metadata, stringData: { commit: String(commits) } };
    if (number % 10 === 2)
      return {
        ...{ apiVersion: "v1", kind: "Service", metadata },
        spec: { clusterIP: "None", selector: { app: name }, ports: [{ port: 80 }] },
      };
    return { apiVersion: "v1", kind: "ConfigMap", metadata, data: { commit: String(commits) } };
  };
  const isKept = (name: string) => name.endsWith("00");

  return {
    random,
    /** The files of the next commit. */
    change(): Record<string, string> {
      if (commits > 0) {
        const gone = new Set<string>();
        while (gone.size < TURNOVER) gone.add(names[random(names.length)] as string);
        for (const name of gone) if (isKept(name)) kept.add(name);
        const added = Array.from({ length: TURNOVER }, () => `item-${made++}`);
        names = [...names.filter((name) => !gone.has(name)), ...added];
      }
      commits += 1;
      const objects = names.map(objectOf);
      return Object.fromEntries(
        Array.from({ length: FILES }, (_, file) => [
          `app/${file}.yaml`,
          objects
            .filter((_, index) => index % FILES === file)
            .map((object) => JSON.stringify(object))
            .join("\n---\n"),
        ]),
      );
    },
    /** What must be in the cluster once the newest commit is applied: each object, and of which commit. */
    wanted: () =>
      [
        ...names.map((name) => `${name} at ${commits}`),
        ...[...kept].map((name) => `${name} kept`),
      ].toSorted(),
    /** What is. */
    async inCluster(world: World): Promise<string[]> {
      const found = await Promise.all(
        ["ConfigMap", "Secret", "Service"].map(async (kind) => {
          const type = await world.kube.cluster.resourceFor({ group: "", version: "v1", kind });
          return type ? world.kube.cluster.list(type, world.namespace) : [];
        }),
      );
      return found
        .flat()
        .filter(({ metadata }) => metadata.name.startsWith("item-"))
        .map(({ metadata: { name, annotations } }) =>
          // Which commit it was left at depends on which of them was applied.
          kept.has(name) ? `${name} kept` : `${name} at ${annotations?.commit}`,
        )
        .toSorted();
    },
  };
}

/** Objects that look like the environment's and are not: somebody else made them, or another environment owns them. */
export async function openBystanders(world: World, environment = world.nameOf("production")) {
  const plain: KubeObject = {
    ...{ apiVersion: "v1", kind: "ConfigMap", data: { by: "hand" } },
    metadata: { name: "bystander", namespace: world.namespace },
  };
  const named = (name: string): KubeObject => ({ ...plain, metadata: { ...plain.metadata, name } });
  const objects = [
    { object: named("unlabelled"), manager: "kubectl-client-side-apply" },
    { object: withInventory(named("labelled-by-hand"), environment), manager: "kubectl-client-side-apply" },
    { object: withInventory(named("elsewhere"), "elsewhere"), manager: "plumbline" },
    { object: named("applied-without-labels"), manager: "plumbline" },
  ];
  for (const { object, manager } of objects) await world.kube.apply(object, manager);
  const now = () =>
    Promise.all(
      objects.map(async ({ object }) => {
        const found = await world.kube.cluster.get(refOf(object));
        return [objectKey(refOf(object)), found?.metadata.uid, found?.metadata.resourceVersion];
      }),
    );
  return { before: await now(), now };
}
