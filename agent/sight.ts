import type { ObjectRef } from "../lib/protocol/object.ts";
import type { Related } from "./health/index.ts";
import type { KubeObject } from "./object.ts";

/** What is known of one object in the cluster. */
export type Sight =
  | { is: "there"; object: KubeObject; related: Related }
  | { is: "absent"; reason?: string }
  /** `lacks`: where the agent may not read it, the plural name of its kind. */
  | { is: "hidden"; reason: string; lacks?: string };

/** Looks an object up in what the watches hold; costs the API server nothing. */
export type Look = (ref: ObjectRef) => Sight;
