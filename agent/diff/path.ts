/** One step from an object's root: for people, for a JSON pointer, and for managedFields. */
type Step = { shown: string; pointer: string; field: string };

const MAX = 1024;

/** Where a walk through an object stands; grows and shrinks with it, and is written out only when asked. */
export class Path {
  readonly #steps: Step[] = [];

  get depth(): number {
    return this.#steps.length;
  }

  /** Goes down into a field or a map's key. */
  enter(name: string): void {
    this.#steps.push({ shown: name, pointer: name, field: name });
  }

  /** Goes down into a list's item: its index, how people tell it apart, and its managedFields key. */
  enterItem(index: number, shown: string, field: string): void {
    this.#steps.push({ shown: `[${shown}]`, pointer: String(index), field });
  }

  leave(): void {
    this.#steps.pop();
  }

  /** `spec.template.spec.containers[name=quotes].image`; keys with dots in them are quoted. */
  toString(): string {
    let text = "";
    for (const { shown, field } of this.#steps) {
      if (shown !== field) text += shown;
      else if (/^[\w-]+$/.test(shown)) text += text === "" ? shown : `.${shown}`;
      else text += `[${JSON.stringify(shown)}]`;
    }
    return clip(text);
  }

  /** RFC 6901. */
  get pointer(): string {
    return clip(this.#steps.map(({ pointer }) => `/${escapePointer(pointer)}`).join(""));
  }

  /** The keys of a FieldsV1 set. */
  get fields(): string[] {
    return this.#steps.map(({ shown, field }) => (shown === field ? `f:${field}` : field));
  }
}

/** One segment of a JSON pointer, escaped as RFC 6901 says. */
export function escapePointer(segment: string): string {
  return segment.includes("~") || segment.includes("/")
    ? segment.replaceAll("~", "~0").replaceAll("/", "~1")
    : segment;
}

function clip(text: string): string {
  return text.length > MAX ? `${text.slice(0, MAX - 1)}…` : text;
}
