import { everyManifest } from "./scenarios/manifests.ts";
import { ownership } from "./scenarios/ownership.ts";
import { refusals } from "./scenarios/refusals.ts";
import type { Step } from "./scenarios/step.ts";

/** Requests whose answers a real kube-apiserver and the simulated one must agree on. */
export const scenarios: Record<string, Step[]> = { ...ownership, ...refusals, ...everyManifest() };
