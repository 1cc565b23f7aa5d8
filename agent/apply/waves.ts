import { nameOf } from "../cluster/index.ts";
import { type DesiredObject, type KubeObject, refOf } from "../object.ts";
import { isCrd, isNamespace, kindOf, orderForApply } from "./order.ts";
import { type Refused, refuse } from "./refused.ts";

/** Says in which wave an object is applied; 0 where it is absent. */
export const WAVE_ANNOTATION = "plumbline.dev/wave";

/** Objects that are applied together. */
export type Step = {
  objects: DesiredObject[];
  /** Namespaces and CRDs: whatever needs them can be asked about only after this step. */
  isGround: boolean;
  /** Where this step ends an explicit wave that another one follows: the wave, and all its objects. */
  ends?: { wave: number; objects: DesiredObject[] };
};

/**
 * The order of apply: namespaces and CRDs, which everything needs, whatever wave they name; then the waves by
 * number, each by kind.
 */
export function stepsOf(objects: DesiredObject[]): Step[] {
  const isGround = ({ object }: DesiredObject) => isNamespace(kindOf(object)) || isCrd(kindOf(object));
  const ground = orderForApply(objects.filter(isGround)).map((step) => ({ objects: step, isGround: true }));
  const waves = Map.groupBy(
    objects.filter((one) => !isGround(one)),
    ({ object }) => waveOf(object) ?? 0,
  );
  const numbers = [...waves.keys()].sort((a, b) => a - b);
  const rest = numbers.flatMap((wave, at) => {
    const members = waves.get(wave) ?? [];
    const steps: Step[] = orderForApply(members).map((step) => ({ objects: step, isGround: false }));
    const last = steps.at(-1);
    if (last && at < numbers.length - 1) last.ends = { wave, objects: members };
    return steps;
  });
  return [...ground, ...rest];
}

/** The refusals of objects whose wave is no integer: guessing one would apply them out of turn. */
export function badWavesOf(objects: DesiredObject[]): Refused[] {
  return objects.flatMap((desired): Refused[] => {
    if (waveOf(desired.object) !== undefined) return [];
    const ref = refOf(desired.object);
    const value = JSON.stringify(desired.object.metadata.annotations?.[WAVE_ANNOTATION]);
    const message = `${nameOf(ref)} has the annotation ${WAVE_ANNOTATION}: ${value.slice(0, 80)}, which is not an integer in quotes, such as "1" or "-1". Correct it in Git.`;
    return [refuse(desired, "InvalidWave", message)];
  });
}

/** Undefined where the annotation is no integer. */
function waveOf(object: KubeObject): number | undefined {
  const value: unknown = object.metadata.annotations?.[WAVE_ANNOTATION];
  if (value === undefined || value === null) return 0;
  return typeof value === "string" && /^[+-]?\d{1,9}$/.test(value) ? Number(value) : undefined;
}
