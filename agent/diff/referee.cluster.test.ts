import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import type { Json, KubeObject } from "../object.ts";
import { diffObject, type Schemas } from "./index.ts";
import { someone } from "./test-actors.ts";
import { mutate, randomFrom } from "./test-mutations.ts";
import { changedPaths, gvkOf, NAMESPACE, Referee } from "./test-referee.ts";
import {
  conformanceObjects,
  foreignDefinitions,
  isDefinition,
  refereeObjects,
} from "./test-referee-objects.ts";

const CONFORMANCE = join(
  process.env.CONFORMANCE_DIR ?? join(import.meta.dirname, "../../../shared/conformance"),
  "manifests",
);
const SEED = Number(process.env.REFEREE_SEED ?? 1);
/** Leaves only the objects that it matches, as `Kind/name`. */
const ONLY = new RegExp(process.env.REFEREE_ONLY ?? "");
const ROUNDS = Number(process.env.REFEREE_ROUNDS ?? 25);

/** Where we and the server knowingly differ; docs/diff.md has the reasons. */
const KNOWN: { [kind: string]: RegExp } = {
  LimitRange: /^\/spec/,
  "autoscaling/v1 HorizontalPodAutoscaler": /^\/spec/,
  MutatingWebhookConfiguration: /\/caBundle$/,
  ValidatingWebhookConfiguration: /\/caBundle$/,
  HorizontalPodAutoscaler: /^\/spec\/metrics|^\/metadata\/annotations$/,
  Endpoints: /^\/subsets/,
  CertificateSigningRequest: /^\/spec/,
  ClusterRole: /^\/rules/,
};

/** A list's item whose key is explicitly empty; docs/diff.md has the reason. */
const EMPTY_KEY = /\/protocol=""$/;

/** What the server works out anew once something else has changed: no field of Git's. */
const FOLLOWS =
  /\/(nodePort|externalTrafficPolicy|sessionAffinityConfig)$|\/(strategy|updateStrategy)\/rollingUpdate$|\/emptyDir$|\/metadata\/annotations\/deprecated\.daemonset\.template\.generation$|\/deployment\.kubernetes\.io~1revision$/;

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
  let objects: KubeObject[];

  beforeAll(async () => {
    const tier = inject("cluster");
    referee = new Referee(tier);
    objects = [...foreignDefinitions(), ...refereeObjects()];
    if (existsSync(CONFORMANCE)) objects.push(...(await conformanceObjects(CONFORMANCE, tier.engines)));
    else console.log("referee: skipped: no conformance data");
    await referee.discover();
    const namespaces = new Set(objects.map(({ metadata }) => metadata.namespace ?? NAMESPACE));
    for (const name of namespaces)
      await referee.call("POST", "/api/v1/namespaces", {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name },
      });
    for (const one of objects.filter(isDefinition)) {
      const applied = await referee.apply(one);
      expect(applied.status, `${one.metadata.name}: ${JSON.stringify(applied.body.message)}`).toBeLessThan(
        300,
      );
    }
    await vi.waitUntil(
      async () => {
        const account = await referee.call("GET", `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/default`);
        if (account.status !== 200) return false;
        await referee.discover();
        schemas = await referee.schemas();
        return objects.every((one) => schemas.find(gvkOf(one)) !== undefined && referee.path(one));
      },
      { timeout: 60_000, interval: 500 },
    );
  });

  afterAll(async () => {
    // An API that nobody serves would trouble whoever reads what the server offers.
    for (const one of objects ?? [])
      if (one.kind === "APIService") await referee.call("DELETE", referee.path(one) as string);
    await referee?.close();
  });

  const compare = async (
    desired: KubeObject,
    observed: KubeObject,
    what: string,
  ): Promise<string | undefined> => {
    const answer = await referee.apply(desired, true);
    if (answer.status > 299) return "refused";
    const known = KNOWN[`${desired.apiVersion} ${desired.kind}`] ?? KNOWN[desired.kind];
    const telling = (pointer: string) => !known?.test(pointer);
    const theirs = changedPaths(observed as Json, answer.body).filter(telling);
    const ours = diffObject({
      desired,
      observed,
      schema: schemas.find(gvkOf(desired)),
      fieldManager: "plumbline",
      ignore: [],
      additionsCount: false,
    });
    const told = ours.changes.filter(({ counts, pointer }) => counts && telling(pointer));
    const counting = told.map(({ pointer }) => pointer);
    const followed = theirs.filter((path) => !FOLLOWS.test(path));
    const missed = unrelated(followed, counting);
    const invented = unrelated(counting, theirs);
    const agree = theirs.length > 0 === told.length > 0 && missed.length + invented.length === 0;
    if (agree) return undefined;
    return `${desired.kind}/${desired.metadata.name} after "${what}": the server changes [${theirs.slice(0, 3)}], of which we miss [${missed.slice(0, 4)}] and invent [${invented.slice(0, 4)}]`;
  };

  /** A disagreement counts only where nobody wrote in between: controllers are at work on what was just applied. */
  const confirmed = async (desired: KubeObject, observed: KubeObject, what: string) => {
    let seen = observed;
    for (;;) {
      const verdict = await compare(desired, seen, what);
      if (verdict === undefined || verdict === "refused") return verdict;
      const now = (await referee.call("GET", referee.path(desired) as string)).body as KubeObject;
      if (now.metadata?.resourceVersion === seen.metadata.resourceVersion) return verdict;
      seen = now;
    }
  };

  it("for every object, as it was applied", async () => {
    const wrong: string[] = [];
    for (const one of objects) {
      const applied = await referee.apply(one);
      if (applied.status > 299) {
        wrong.push(`${one.kind}/${one.metadata.name} is refused: ${JSON.stringify(applied.body.message)}`);
        continue;
      }
      const verdict = await confirmed(one, applied.body as KubeObject, "nothing");
      if (verdict) wrong.push(verdict);
    }
    expect(wrong).toEqual([]);
  });

  it(`after ${ROUNDS} random changes of each, in the cluster and in Git`, async () => {
    const random = randomFrom(SEED);
    const wrong: string[] = [];
    let compared = 0;
    // Definitions last: what they define must keep the schema it is compared by.
    const definitions = objects.filter(isDefinition);
    for (const one of [...objects.filter((object) => !isDefinition(object)), ...definitions]) {
      if (!ONLY.test(`${one.kind}/${one.metadata.name}`)) continue;
      const path = referee.path(one) as string;
      await referee.apply(one);
      for (let round = 0; round < ROUNDS; round++) {
        let observed = (await referee.call("GET", path)).body as KubeObject;
        let desired = one;
        let what: string;
        if (random() < 0.6) {
          const done = await someone(random)(referee, { desired, observed, path, random });
          if (!done || done.answer.status > 299) continue;
          what = done.what;
          observed = done.answer.body as KubeObject;
        } else {
          desired = structuredClone(one);
          what = `in Git: ${mutate(desired, random)}`;
          if (EMPTY_KEY.test(what)) continue;
        }
        const verdict = await confirmed(desired, observed, what);
        if (verdict !== "refused") compared++;
        if (verdict && verdict !== "refused") wrong.push(verdict);
        if (random() < 0.5) await referee.apply(random() < 0.3 ? desired : one);
      }
    }
    const kinds = new Set(objects.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).size;
    console.log(
      `referee: ${compared - wrong.length} of ${compared} verdicts agree, on ${objects.length} objects of ${kinds} kinds (seed ${SEED})`,
    );
    expect(compared).toBeGreaterThan(1000);
    expect(wrong).toEqual([]);
  }, 600_000);
});
