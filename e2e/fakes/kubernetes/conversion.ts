import { shapeCustom } from "./custom-shape.ts";
import { setDefaults } from "./defaults/walk.ts";
import { GoShape } from "./go-shape.ts";
import { isMap, type JsonMap, type KubeObject, mapAt } from "./json.ts";
import { ProtobufReader } from "./protobuf.ts";
import type { Recorded } from "./recorded.ts";
import type { ResourceType } from "./resources.ts";
import { SchemaLookup } from "./schema.ts";
import type { Schema } from "./schema-shape.ts";
import { badRequest } from "./status.ts";
import { deduced, type TypeRef, typeOf } from "./structured-merge/atoms.ts";
import { typeError } from "./type-errors.ts";
import { unknownFields } from "./unknown-fields.ts";

const OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/** Turns what clients send into what the server keeps: typed, defaulted, without what the type does not know. */
export class Conversion {
  readonly lookup: SchemaLookup;
  readonly protobuf: ProtobufReader;
  readonly #go: GoShape;
  readonly #meta: Schema;

  constructor(recorded: Recorded) {
    this.lookup = new SchemaLookup(Object.values(recorded.openapi));
    this.protobuf = new ProtobufReader(this.lookup, recorded.goFields);
    this.#go = new GoShape(this.lookup, recorded.goFields);
    this.#meta = this.lookup.named(OBJECT_META) ?? {};
  }

  /** Decodes and defaults; throws 400 when a value does not fit its type. */
  toStored(value: JsonMap, type: ResourceType): KubeObject {
    const named: JsonMap = { ...value, apiVersion: type.apiVersion, kind: type.kind };
    const problem = typeError(
      type.custom ? { metadata: named.metadata ?? {} } : named,
      this.schemaOf(type),
      this.lookup,
    );
    if (problem) {
      throw badRequest(
        `${type.kind} in version ${JSON.stringify(type.version)} cannot be handled as a ${type.kind}: ${problem}`,
      );
    }
    if (type.custom) {
      const metadata = this.#go.shape(named.metadata ?? {}, this.#meta);
      return shapeCustom({ ...named, metadata }, type.schema) as KubeObject;
    }
    const shaped = this.#go.shape(named, type.schema) as JsonMap;
    if (type.storage === "/secrets") foldStringData(shaped);
    setDefaults(shaped, type.schema, this.lookup);
    return this.#go.shape(shaped, type.schema) as KubeObject;
  }

  /** What the server compares a new object with: the zero value of its Go type. */
  empty(type: ResourceType): JsonMap {
    const bare = { apiVersion: type.apiVersion, kind: type.kind };
    return type.custom ? bare : (this.#go.shape(bare, type.schema) as JsonMap);
  }

  /** The structured-merge type of a resource. */
  mergeType(type: ResourceType): TypeRef {
    if (!type.schema.type && !type.schema.properties) return deduced;
    return typeOf(this.schemaOf(type), this.lookup);
  }

  /** Fields of a body that the type does not know. */
  unknownIn(value: JsonMap, type: ResourceType): string[] {
    return unknownFields(value, this.schemaOf(type), this.lookup);
  }

  /** A custom resource's schema says nothing of its metadata: that is Kubernetes' own. */
  schemaOf(type: ResourceType): Schema {
    if (!type.custom) return type.schema;
    let schema = this.#completed.get(type.schema);
    if (!schema) {
      const text: Schema = { type: "string" };
      const properties = { ...type.schema.properties, apiVersion: text, kind: text, metadata: this.#meta };
      schema = { ...type.schema, properties };
      this.#completed.set(type.schema, schema);
    }
    return schema;
  }

  readonly #completed = new WeakMap<Schema, Schema>();
}

/** stringData is write-only: it overrides data, encoded. */
function foldStringData(secret: JsonMap): void {
  const text = mapAt(secret, "stringData");
  delete secret.stringData;
  if (!text) return;
  const encoded = Object.entries(text).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString("base64"),
  ]);
  const data = isMap(secret.data) ? secret.data : {};
  secret.data = { ...data, ...Object.fromEntries(encoded) };
}
