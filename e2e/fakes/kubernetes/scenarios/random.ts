import type { Json, JsonMap } from "../json.ts";
import { APPLY, APPS, labels, MERGE, named, STRATEGIC, type Step } from "./step.ts";

/** Writes nobody thought of: the same for the same seed. */
export function randomScenario(seed: number, length: number): Step[] {
  const dice = new Dice(seed);
  const isDeployment = dice.oneIn(3) === false;
  return Array.from({ length }, () => randomStep(dice, isDeployment));
}

class Dice {
  #seed: number;
  constructor(seed: number) {
    this.#seed = seed;
  }

  below(limit: number): number {
    this.#seed = (this.#seed * 1103515245 + 12345) & 0x7fffffff;
    return (this.#seed >> 8) % limit;
  }

  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<T>(items: T[]): T {
    return items[this.below(items.length)]!;
  }

  /** Some of the items, in any order. */
  some<T>(items: T[]): T[] {
    const ranked = items.filter(() => this.oneIn(2)).map((item) => ({ item, rank: this.below(1000) }));
    return ranked.sort((a, b) => a.rank - b.rank).map(({ item }) => item);
  }

  maybe(fields: JsonMap): JsonMap {
    return this.oneIn(2) ? fields : {};
  }
}

function randomStep(dice: Dice, isDeployment: boolean): Step {
  const collection = isDeployment ? `${APPS}/deployments` : "api/v1/services";
  const item = `${collection}/web`;
  const body = isDeployment ? randomDeployment(dice) : randomService(dice);
  const kind = dice.below(6);
  if (kind <= 2) {
    const query = `fieldManager=${dice.pick(["one", "two", "kubectl"])}&force=${dice.oneIn(2)}`;
    const applied = isDeployment && dice.oneIn(2) ? randomPart(dice) : body;
    return { verb: "PATCH", path: `${item}?${query}`, body: applied, contentType: APPLY };
  }
  const userAgent = dice.pick(["first/1", "second/1"]);
  if (kind === 3)
    return { verb: "PATCH", path: item, body, contentType: dice.pick([MERGE, STRATEGIC]), userAgent };
  return kind === 4
    ? { verb: "PUT", path: item, body, userAgent }
    : { verb: "POST", path: collection, body, userAgent };
}

function variables(dice: Dice): Json {
  return dice.some(["A", "B", "C"]).map((name) => ({ name, value: dice.pick(["1", "2", ""]) }));
}

function randomContainer(dice: Dice, name: string): JsonMap {
  // Ports of their own: a real server warns of containers that share one.
  const base = Number(name.slice(1)) * 100;
  const ports = dice
    .some([base, base + 1])
    .map((containerPort) => ({ containerPort, ...dice.maybe({ name: `p${containerPort}` }) }));
  return {
    name,
    image: dice.pick(["i:1", "i:2"]),
    ...dice.maybe({ env: variables(dice) }),
    ...dice.maybe({ args: dice.some(["x", "y"]) }),
    ...dice.maybe({ ports }),
    ...dice.maybe({ resources: { limits: { cpu: dice.pick(["1", "1000m", "500m"]) } } }),
    ...dice.maybe({
      securityContext: dice.pick<JsonMap>([{}, { runAsUser: 0 }, { readOnlyRootFilesystem: true }]),
    }),
  };
}

function randomMetadata(dice: Dice): JsonMap {
  const values = (keys: string[]): JsonMap =>
    Object.fromEntries(dice.some(keys).map((key) => [key, dice.pick(["a", "b"])]));
  return {
    ...dice.maybe({ labels: values(["l1", "l2"]) }),
    ...dice.maybe({ annotations: values(["n1", "n2"]) }),
    ...dice.maybe({ finalizers: dice.some(["example.com/a", "example.com/b"]) }),
  };
}

function randomDeployment(dice: Dice): JsonMap {
  const containers = dice.some(["c1", "c2", "c3"]).map((name) => randomContainer(dice, name));
  const strategies: JsonMap[] = [{}, { type: "Recreate" }, { rollingUpdate: { maxSurge: "10%" } }];
  const podSpec: JsonMap = {
    containers: containers.length > 0 ? containers : [randomContainer(dice, "c1")],
    ...dice.maybe({ nodeSelector: Object.fromEntries(dice.some(["k1", "k2"]).map((key) => [key, "v"])) }),
    ...dice.maybe({
      tolerations: dice.some<Json>([
        { key: "a", operator: "Exists" },
        { key: "b", value: "c" },
      ]),
    }),
    ...dice.maybe({
      volumes: dice.some<Json>([
        { name: "v1", emptyDir: {} },
        { name: "v2", configMap: { name: "c" } },
      ]),
    }),
  };
  const spec: JsonMap = {
    paused: true,
    replicas: 0,
    selector: { matchLabels: labels },
    ...dice.maybe({ minReadySeconds: dice.below(3) }),
    ...dice.maybe({ strategy: dice.pick(strategies) }),
    template: { metadata: { labels: { ...labels, ...dice.maybe({ t: "1" }) } }, spec: podSpec },
  };
  return named("apps/v1", "Deployment", "web", { spec }, randomMetadata(dice));
}

/** What a second applier may care about: some labels, some fields of some containers. */
function randomPart(dice: Dice): JsonMap {
  const containers = dice.some(["c1", "c2"]).map((name) => ({
    name,
    ...dice.maybe({ env: variables(dice) }),
    ...dice.maybe({ image: "i:3" }),
  }));
  const spec: JsonMap = {
    ...dice.maybe({ minReadySeconds: dice.below(3) }),
    ...dice.maybe({ template: { spec: { containers } } }),
  };
  return named("apps/v1", "Deployment", "web", dice.maybe({ spec }), randomMetadata(dice));
}

function randomService(dice: Dice): JsonMap {
  const second = { port: 81, name: "b", ...dice.maybe({ protocol: dice.pick(["TCP", "UDP"]) }) };
  const ports: Json[] = [
    { port: 80, name: "a", ...dice.maybe({ targetPort: dice.pick<Json>([8080, "http"]) }) },
  ];
  if (dice.oneIn(2)) ports.push(second);
  const spec: JsonMap = {
    ...dice.maybe({ selector: Object.fromEntries(dice.some(["a", "b"]).map((key) => [key, "1"])) }),
    ...dice.maybe({ sessionAffinity: dice.pick(["None", "ClientIP"]) }),
    ports,
  };
  return named("v1", "Service", "web", { spec }, randomMetadata(dice));
}
