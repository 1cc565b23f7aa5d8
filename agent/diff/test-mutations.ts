import type { Json, KubeObject } from "../object.ts";

type Holder = { [key: string]: Json };
/** A number from 0 up to 1, the same ones for the same seed. */
export type Random = () => number;

export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

const WORDS = [
  "1",
  "100m",
  "true",
  "0.1",
  "1Gi",
  "http",
  "TCP",
  "UDP",
  "Always",
  "Never",
  "None",
  "Recreate",
  "Retain",
];
const FIELDS = [
  "extra",
  "zz",
  "example.com/a",
  "replicas",
  "hostNetwork",
  "minReadySeconds",
  "optional",
  "protocol",
  "paused",
];
const KEYS = ["name", "key", "ip", "mountPath", "path", "containerPort", "port", "topologyKey"];

/** Changes one thing somewhere in an object, as people and controllers do, and says what. */
export function mutate(object: KubeObject, random: Random): string {
  const pick = <T>(list: T[]): T => list[Math.floor(random() * list.length)] as T;
  const all = places(object as Json, []);
  if (all.length === 0) {
    object.metadata.labels = { x: "y" };
    return "label";
  }
  const { holder, key, path } = pick(all);
  const value = holder[key] as Json;
  const dice = random();
  if (Array.isArray(holder) && dice < 0.3) {
    holder.splice(Number(key), 1);
    return `drop ${path}`;
  }
  if (Array.isArray(value) && value.length > 1 && dice < 0.4) {
    value.reverse();
    return `reverse ${path}`;
  }
  if (Array.isArray(value) && value.length > 0 && dice < 0.6) {
    value.push(another(value[0] as Json));
    return `append ${path}`;
  }
  if (dice < 0.35 && !Array.isArray(holder)) {
    delete holder[key];
    return `delete ${path}`;
  }
  if (value !== null && typeof value === "object" && !Array.isArray(value) && dice >= 0.45) {
    const field = pick(FIELDS);
    value[field] = pick<Json>(["x", "1", 1, true, 0, false]);
    return `add ${path}/${field}`;
  }
  if (typeof value === "string") holder[key] = dice < 0.5 ? "" : dice < 0.6 ? `${value}x` : pick(WORDS);
  else if (typeof value === "number") holder[key] = dice < 0.5 ? 0 : value + 1;
  else if (typeof value === "boolean") holder[key] = !value;
  else holder[key] = Array.isArray(value) ? null : {};
  return `set ${path}=${JSON.stringify(holder[key])}`;
}

/** An item like another one, but for its key. */
function another(item: Json): Json {
  if (item === null || typeof item !== "object" || Array.isArray(item))
    return typeof item === "string" ? `${item}z` : 1;
  const copy = structuredClone(item) as Holder;
  for (const key of KEYS) {
    const value = copy[key];
    if (value !== undefined) copy[key] = typeof value === "number" ? value + 1 : `${String(value)}x`;
  }
  return copy;
}

/** What Git or a person may decide; finalizers are a race with their controllers. */
function places(value: Json, path: string[], found: { holder: Holder; key: string; path: string }[] = []) {
  if (value === null || typeof value !== "object") return found;
  const holder = value as Holder;
  for (const key of Object.keys(holder)) {
    if (path.length === 0 && ["apiVersion", "kind", "status"].includes(key)) continue;
    if (path.length === 1 && path[0] === "metadata" && !["labels", "annotations"].includes(key)) continue;
    if (path.length > 0 || key !== "metadata") found.push({ holder, key, path: [...path, key].join("/") });
    places(holder[key] as Json, [...path, key], found);
  }
  return found;
}
