import type { KubeObject } from "../object.ts";

/** With more names than these, it is only remembered of which namespaces something was dropped. */
const MOST_NAMES = 20_000;

/**
 * The objects that a watch has seen and not kept, because nobody wanted them. By name: each new namespace has a
 * service account and the cluster's certificate in it, and reading every object of the cluster anew for each
 * environment that comes to need something else there would cost more than all the rest.
 */
export class Dropped {
  /** Null where it is not known which. */
  readonly #byNamespace = new Map<string, Set<string> | null>();
  #names = 0;

  /** An object was seen and not kept. */
  add({ metadata: { namespace = "", name } }: KubeObject): void {
    const names = this.#byNamespace.get(namespace);
    if (names === null || names?.has(name)) return;
    if (this.#names >= MOST_NAMES) this.addAll(namespace);
    else {
      this.#names += 1;
      if (names) names.add(name);
      else this.#byNamespace.set(namespace, new Set([name]));
    }
  }

  /** It is not known what there is in a namespace. */
  addAll(namespace: string): void {
    this.#names -= this.#byNamespace.get(namespace)?.size ?? 0;
    this.#byNamespace.set(namespace, null);
  }

  /** A change of an object that is not kept. */
  note(change: string, object: KubeObject): void {
    const { namespace = "", name } = object.metadata;
    if (change !== "DELETED") this.add(object);
    else if (this.#byNamespace.get(namespace)?.delete(name)) this.#names -= 1;
  }

  /** Whether any of what is wanted of a namespace (null: all) was dropped; if so, the namespace is forgotten here. */
  take(namespace: string, wanted: ReadonlySet<string> | null): boolean {
    const names = this.#byNamespace.get(namespace);
    if (names === undefined) return false;
    const lacks =
      names === null || (wanted === null ? names.size > 0 : [...wanted].some((one) => names.has(one)));
    if (!lacks) return false;
    this.#names -= names?.size ?? 0;
    this.#byNamespace.delete(namespace);
    return true;
  }
}
