import { ApiError, briefly, nameOf } from "../cluster/index.ts";
import { StageError } from "../errors.ts";
import { type DesiredObject, type KubeObject, refOf } from "../object.ts";
import { FIELD_MANAGER } from "./inventory.ts";
import { namesKind } from "./kind-names.ts";
import { kindOf } from "./order.ts";
import { ownedElsewhere } from "./ownership.ts";
import type { Effect, Run } from "./run.ts";

/** Says `enabled` on an object that may be removed and made again where an immutable field has to change. */
export const RECREATE_ANNOTATION = "plumbline.dev/recreate";

/**
 * What to do about a dry run that the API server refused because of a field that cannot be changed: recreate,
 * where that is declared; else throws the refusal that names object, field and way out. Undefined where the
 * refusal is about something else.
 *
 * The API has no reason of its own for an immutable field: it is "Invalid" like any other. So it is asked: what
 * it refuses to make of this object, and would accept as a new one, is refused only because it is a change.
 */
export async function effectOfImmutable(
  run: Run,
  { object, source }: DesiredObject,
  refusal: unknown,
): Promise<Effect | undefined> {
  if (!(refusal instanceof ApiError) || refusal.status !== 422) return undefined;
  if (!(await isRefusedAsChange(run, object, refusal))) return undefined;
  const ref = refOf(object);
  const fields = [...new Set(refusal.causes.map(({ field }) => field).filter(Boolean))];
  const what = fields.join(", ") || refusal.message.replace(/\.$/, "");
  const at = { ...source, ref };
  if (!mayRecreate(object, run.input.recreateKinds)) {
    const said = refusal.causes.map(briefly).join("; ") || what;
    const message = `${nameOf(ref)} cannot be changed to what Git says (${said}): that can be set only when it is made. Put the old value back in Git; or let it be removed and made again, by its annotation ${RECREATE_ANNOTATION}: enabled, or by recreateKinds: [${object.kind}] in the environment's declaration.`;
    throw new StageError("validate", "Immutable", message.slice(0, 4000), { at, cause: refusal });
  }
  const live = await run.cluster.get(ref);
  if (!live) return { action: "created" };
  const elsewhere = ownedElsewhere(live, run.input.environment);
  if (elsewhere) throw new StageError("validate", "OwnedElsewhere", elsewhere, { at });
  const uid = String(live.metadata.uid ?? "");
  return {
    action: "recreated",
    uid,
    message: `Removed and made again, because ${what} can be set only when it is made.`,
  };
}

async function isRefusedAsChange(run: Run, object: KubeObject, refusal: ApiError): Promise<boolean> {
  const { signal } = run.input;
  try {
    return (await run.writes.tryCreate(object, { fieldManager: FIELD_MANAGER, signal })) === "exists";
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status !== 422 || error.causes.length === 0) return false;
    // A new one would be refused for what the object there takes itself, such as its node port.
    const wrong = new Set(error.causes.map(({ field }) => field));
    return refusal.causes.length > 0 && refusal.causes.every(({ field }) => field && !wrong.has(field));
  }
}

function mayRecreate(object: KubeObject, kinds: readonly string[] | undefined): boolean {
  const said = object.metadata.annotations?.[RECREATE_ANNOTATION];
  return said === "enabled" || (said !== "disabled" && namesKind(kinds, kindOf(object)));
}
