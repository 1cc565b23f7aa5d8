import { randomBytes } from "node:crypto";

/** Secret values that exist nowhere else, and a search for them in whatever form somebody may have written them. */
export type Canaries = {
  /** The value of that name, the same each time; it holds what URLs, JSON and YAML must escape. */
  of(name: string): string;
  /** `name in form` of each value found. */
  found(text: string): string[];
};

export function hatchCanaries(): Canaries {
  const hatched = new Map<string, { value: string; forms: [string, string][] }>();
  return {
    of(name) {
      let canary = hatched.get(name);
      if (!canary) {
        // The core needs no escaping anywhere, so finding it finds every escaped form of the whole.
        const core = `q${BigInt(`0x${randomBytes(12).toString("hex")}`).toString(36)}z`;
        canary = { value: `pw/+${core}==&é`, forms: formsOf(core) };
        hatched.set(name, canary);
      }
      return canary.value;
    },
    found(text) {
      const lower = text.toLowerCase();
      return [...hatched].flatMap(([name, { forms }]) =>
        forms
          .filter(([form, needle]) => (form.startsWith("base64") ? text : lower).includes(needle))
          .map(([form]) => `${name} in ${form}`),
      );
    },
  };
}

function formsOf(core: string): [form: string, needle: string][] {
  const base64 = [0, 1, 2].map((offset) => base64Within(Buffer.from(core), offset));
  return [
    ["plain", core],
    ["hex", Buffer.from(core).toString("hex")],
    ...base64.map((needle): [string, string] => ["base64", needle]),
    ...base64.flatMap((once) =>
      [0, 1, 2].map((offset): [string, string] => [
        "base64 of base64",
        base64Within(Buffer.from(once), offset),
      ]),
    ),
    ...base64.map((once): [string, string] => ["hex of base64", Buffer.from(once).toString("hex")]),
  ];
}

/** The characters that stand for `bytes` alone where they begin `offset` bytes into a group of three. */
function base64Within(bytes: Buffer, offset: number): string {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const first = Math.ceil((offset * 8) / 6);
  return padded.toString("base64").slice(first, Math.floor((padded.length * 8) / 6));
}
