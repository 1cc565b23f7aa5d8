import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import type { Json, KubeObject } from "../object.ts";
import { diffObject, type Schemas } from "./index.ts";
import { mutate, randomFrom } from "./test-mutations.ts";
import { changedPaths, gvkOf, NAMESPACE, Referee, refereeObjects } from "./test-referee.ts";

const SEED = Number(process.env.REFEREE_SEED ?? 1);
const ROUNDS = Number(process.env.REFEREE_ROUNDS ?? 60);

/** Where we and the server knowingly differ, with the reason. */
const KNOWN = [
  // The server works limits' defaults out of each other; one that Git drops comes back with another value.
  ({ kind }: KubeObject) => kind === "LimitRange",
  // The order means nothing to the kind; controllers and older versions of the API change it.
  ({ kind }: KubeObject) => kind === "HorizontalPodAutoscaler" || kind === "Endpoints",
  // Its controller writes the rules again while the referee looks.
  ({ metadata }: KubeObject) => metadata.name === "referee-aggregate",
];

/** What the server works out anew once something else has changed: no field of Git's. */
const FOLLOWS =
  /\/(nodePort|externalTrafficPolicy|caBundle)$|\/emptyDir$|\/metadata\/annotations\/deprecated\.daemonset\.template\.generation$|\/deployment\.kubernetes\.io~1revision$/;

/** The paths of one side that are neither above, below nor equal to one of the other; lists shift, so indexes are left out. */
function unrelated(paths: string[], others: string[]): string[] {
  const plain = (path: string) => `${path.replace(/\/\d+(?=\/|$)/g, "/*")}/`;
  const known = others.map(plain);
  return paths.filter(
    (path) => !known.some((other) => other.startsWith(plain(path)) || plain(path).startsWith(other)),
  );
}

describe("the verdict equals that of a server-side-apply dry run", () => {
  let referee: Referee;
  let schemas: Schemas;
  const objects = refereeObjects();

  beforeAll(async () => {
    referee = new Referee(inject("cluster"));
    await referee.discover();
    await referee.call("POST", "/api/v1/namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: NAMESPACE },
    });
    for (const one of objects.filter(({ kind }) => kind === "CustomResourceDefinition"))
      await referee.apply(one);
    const widget = objects.find(({ kind }) => kind === "Widget") as KubeObject;
    await vi.waitUntil(
      async () => {
        const account = await referee.call("GET", `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/default`);
        if (account.status !== 200) return false;
        await referee.discover();
        schemas = await referee.schemas();
        return schemas.find(gvkOf(widget)) !== undefined;
      },
      { timeout: 30_000, interval: 250 },
    );
  });

  afterAll(() => referee?.close());

  const compare = async (
    desired: KubeObject,
    observed: KubeObject,
    what: string,
  ): Promise<string | undefined> => {
    const answer = await referee.apply(desired, true);
    if (answer.status > 299) return "refused";
    const theirs = changedPaths(observed as Json, answer.body);
    const ours = diffObject({
      desired,
      observed,
      schema: schemas.find(gvkOf(desired)),
      fieldManager: "plumbline",
      ignore: [],
      additionsCount: false,
    });
    const counting = ours.changes.filter(({ counts }) => counts).map(({ pointer }) => pointer);
    const followed = theirs.filter((path) => !FOLLOWS.test(path));
    const elsewhere = [...unrelated(followed, counting), ...unrelated(counting, theirs)];
    if (theirs.length > 0 === ours.differs && elsewhere.length === 0) return undefined;
    const told = ours.changes.filter(({ counts }) => counts).map(({ type, pointer }) => `${type} ${pointer}`);
    return `${desired.kind}/${desired.metadata.name} after "${what}": the server changes [${theirs.slice(0, 4).join(", ")}], we say [${told.slice(0, 4).join(", ")}]`;
  };

  /** A disagreement counts when a second look confirms it: a controller may have written in between. */
  const confirmed = async (desired: KubeObject, observed: KubeObject, what: string) => {
    const first = await compare(desired, observed, what);
    if (first === undefined || first === "refused") return first;
    const again = await referee.call("GET", referee.path(desired) as string);
    return compare(desired, again.body as KubeObject, what);
  };

  it("for every object, as it was applied", async () => {
    const wrong: string[] = [];
    for (const one of objects) {
      const applied = await referee.apply(one);
      expect(applied.status, `${one.kind}: ${JSON.stringify(applied.body.message)}`).toBeLessThan(300);
      const verdict = await confirmed(one, applied.body as KubeObject, "nothing");
      if (verdict) wrong.push(verdict);
    }
    expect(wrong).toEqual([]);
  });

  it(`after ${ROUNDS} random changes of each, in the cluster and in Git`, async () => {
    const random = randomFrom(SEED);
    const wrong: string[] = [];
    let compared = 0;
    for (const one of objects) {
      if (KNOWN.some((differs) => differs(one))) continue;
      const path = referee.path(one) as string;
      for (let round = 0; round < ROUNDS; round++) {
        let observed = (await referee.call("GET", path)).body as KubeObject;
        let desired = one;
        let what: string;
        if (random() < 0.55) {
          const changed = structuredClone(observed);
          what = `in the cluster: ${mutate(changed, random)}`;
          const put = await referee.call("PUT", `${path}?fieldManager=kubectl-edit`, changed);
          if (put.status > 299) continue;
          observed = put.body as KubeObject;
        } else {
          desired = structuredClone(one);
          what = `in Git: ${mutate(desired, random)}`;
        }
        const verdict = await confirmed(desired, observed, what);
        if (verdict !== "refused") compared++;
        if (verdict && verdict !== "refused") wrong.push(verdict);
        if (random() < 0.5) await referee.apply(random() < 0.3 ? desired : one);
      }
    }
    console.log(`referee: ${compared - wrong.length} of ${compared} verdicts agree (seed ${SEED})`);
    expect(compared).toBeGreaterThan(1000);
    expect(wrong).toEqual([]);
  }, 300_000);
});
