import type { Json, KubeObject } from "../object.ts";
import { mutate, type Random } from "./test-mutations.ts";
import type { Answer, Referee } from "./test-referee.ts";

/** Changes one object of the cluster as someone would; what the server answered, or nothing where it cannot be done. */
type Actor = (
  referee: Referee,
  at: { desired: KubeObject; observed: KubeObject; path: string; random: Random },
) => Promise<{ what: string; answer: Answer } | undefined>;

/** `kubectl edit`: anything at all, written over what was there. */
const editor: Actor = async (referee, { observed, path, random }) => {
  const changed = structuredClone(observed);
  const what = `kubectl edit: ${mutate(changed, random)}`;
  return { what, answer: await referee.call("PUT", `${path}?fieldManager=kubectl-edit`, changed) };
};

/** A controller that applies a part of the object, changed, as its own field manager and by force. */
const applier: Actor = async (referee, { desired, random }) => {
  const changed = structuredClone(desired);
  const what = mutate(changed, random);
  const spec = changed.spec as { [key: string]: Json } | null | undefined;
  if (spec && typeof spec === "object")
    for (const field of Object.keys(spec)) if (random() < 0.4) delete spec[field];
  const manager = random() < 0.5 ? "some-controller" : "other-operator";
  return { what: `${manager} applies: ${what}`, answer: await referee.apply(changed, false, manager) };
};

/** A controller that reports in the status subresource. */
const reporter: Actor = async (referee, { observed, path }) => {
  const conditions = [
    {
      type: "Ready",
      status: "False",
      reason: "Refereed",
      message: "As told.",
      lastTransitionTime: "2026-01-01T00:00:00Z",
    },
  ];
  const body = { ...observed, status: { ...(observed.status as object), conditions } } as KubeObject;
  const answer = await referee.call("PUT", `${path}/status?fieldManager=some-controller`, body);
  if (answer.status === 404 || answer.status === 405) return undefined;
  return { what: "some-controller writes the status", answer };
};

/** `kubectl scale`. */
const scaler: Actor = async (referee, { observed, path, random }) => {
  if (!referee.scales(observed)) return undefined;
  const scale = (await referee.call("GET", `${path}/scale`)).body;
  const replicas = Math.floor(random() * 3);
  const answer = await referee.call("PUT", `${path}/scale?fieldManager=kubectl`, {
    ...scale,
    spec: { replicas },
  });
  // It answers with the scale, not with the object.
  if (answer.status > 299) return { what: "kubectl scale", answer };
  return { what: `kubectl scale to ${replicas}`, answer: await referee.call("GET", path) };
};

/** One of those who change what a cluster holds: half of the time a person. */
export function someone(random: Random): Actor {
  const dice = random();
  if (dice < 0.5) return editor;
  if (dice < 0.85) return applier;
  return dice < 0.93 ? scaler : reporter;
}
