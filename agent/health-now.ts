import { type Health, healthOf } from "./health/index.ts";
import { groupVersion, type KubeObject, refOf } from "./object.ts";
import type { Parts } from "./parts.ts";

/** The health of an observed object, by its kind's schema and by what the watches hold of what it made. */
export async function healthNow(
  { cluster, schemas, watches }: Pick<Parts, "cluster" | "schemas" | "watches">,
  object: KubeObject,
): Promise<Health> {
  const kind = { ...groupVersion(object.apiVersion), kind: object.kind };
  if (!schemas.find(kind)) {
    const document = await cluster.openApi(object.apiVersion);
    if (document) schemas.add(document);
  }
  const schema = schemas.find(kind);
  const declaresStatus = schema?.shape === "struct" ? schema.field("status") !== undefined : undefined;
  const sight = watches.look(refOf(object));
  return healthOf(object, { ...(sight.is === "there" && sight.related), declaresStatus });
}
