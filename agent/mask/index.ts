import type { Buffer } from "node:buffer";
import type { FieldChange, ObjectRef } from "../../lib/protocol/object.ts";
import type { MaskRules } from "../declaration.ts";
import type { KubeObject } from "../object.ts";
import { maskChanges } from "./changes.ts";
import { maskObject } from "./object.ts";
import { Scrubber } from "./scrubber.ts";
import { tokenizer } from "./token.ts";

/** A diff to mask: its object, and both sides so that their secrets are known before the changes are read. */
export type MaskedSides = {
  ref: ObjectRef;
  desired?: KubeObject | undefined;
  observed?: KubeObject | undefined;
};

/** Takes secret values out of what leaves the cluster. What it has seen of Secrets it scrubs everywhere else. */
export type Mask = {
  /** A masked copy; the given object is not changed. Parts without secrets are shared with it. */
  object(object: KubeObject): KubeObject;
  /** Knows the secret values of an object from here on. */
  learn(object: KubeObject): void;
  /** Masked copies of changes; equal values stay visibly equal, different ones different. */
  changes(sides: MaskedSides, changes: readonly FieldChange[]): FieldChange[];
  /** Free text (errors, events, logs) without any secret value seen so far, in any common encoding. */
  text(text: string): string;
  /** Grows whenever the mask learns or forgets a value: masked again at the same one, an object looks the same. */
  readonly revision: number;
};

/**
 * A mask for one environment; `key` never leaves the cluster, so that tokens cannot be guessed outside. `learned`
 * is called once it knows a first value.
 */
export function createMask(options: { key: Buffer; rules: MaskRules; learned?: () => void }): Mask {
  const scrubber = new Scrubber(options.learned);
  const { rules } = options;
  const context = { token: tokenizer(options.key), rules, scrubber };
  return {
    object: (object) => maskObject(context, object),
    learn: (object) =>
      void (rules.fields.length > 0 ? maskObject(context, object) : scrubber.learn(object, rules)),
    changes: ({ ref, desired, observed }, changes) => {
      for (const side of [desired, observed]) if (side) scrubber.learn(side, rules);
      return maskChanges(context, ref, changes);
    },
    text: (text) => scrubber.scrub(text),
    get revision() {
      return scrubber.revision;
    },
  };
}
