import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type DiffInput, diffObject } from "../diff/index.ts";
import type { Json, KubeObject } from "../object.ts";
import { refOf } from "../object.ts";
import { createMask } from "./index.ts";

const COUNT = 1000;
const ODD = ['"', "\\", "/", "+", "&", "<", "é", " ", "%", "'", "\n", "=", "?", "#", "☃"];
/** A value that stands nowhere else, of 8 to 40 characters, some of which every encoding writes differently. */
const canary = (index: number): string => {
  const random = createHash("sha256").update(`canary ${index}`).digest("base64url");
  const at = 3 + (index % 5);
  return `${random.slice(0, at)}${ODD[index % ODD.length]}${random.slice(at, 8 + (index % 32))}`;
};
const canaries = Array.from({ length: COUNT }, (_, index) => canary(index));
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** Every way a value could be read back from what left. */
const written = (value: string) => [
  value,
  base64(value).replace(/=+$/, ""),
  Buffer.from(value).toString("base64url"),
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value),
  encodeURIComponent(value).toLowerCase(),
  new URLSearchParams({ v: value }).toString().slice(2),
  Buffer.from(value).toString("hex"),
];

/** The canaries that can be read back from what was said of them, or from anything said at all as they are. */
function survivors(said: Map<string, string[]>): string[] {
  const everything = [...said.values()].flat().join("\u0000");
  return [...said].flatMap(([value, texts]) => {
    const own = texts.join("\u0000");
    const lower = own.toLowerCase();
    const read = (form: string) => own.includes(form) || (form.includes("%") && lower.includes(form));
    return everything.includes(value) || written(value).some(read) ? [value] : [];
  });
}

const secret = (value: string, index: number): KubeObject => {
  const plain: KubeObject = { apiVersion: "v1", kind: "Secret", metadata: { name: `s${index}` } };
  if (index % 3 === 0) plain.stringData = { password: value };
  else plain.data = { password: base64(value) };
  if (index % 5 === 0)
    plain.metadata.annotations = {
      "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify({
        ...plain,
        data: { password: base64(value) },
      }),
    };
  return plain;
};
const bystander = (value: string, index: number): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: `d${index}`, annotations: { "example.com/token": value, note: `token ${value} here` } },
  spec: {
    template: {
      spec: {
        containers: [
          { name: "a", args: [`--password=${value}`, base64(`user:${value}`)], env: [{ name: "P", value }] },
        ],
      },
    },
    [`key-${value}`]: {
      url: `https://user:${encodeURIComponent(value)}@host/?q=${encodeURIComponent(value)}`,
    },
  } as Json,
});

const rules = {
  annotations: ["example.com/token"],
  fields: [{ kind: "Widget", pointer: "/spec/tokens/*/value" }],
};

describe(`of ${COUNT} canaries none survives`, () => {
  const mask = createMask({ key: Buffer.from("stays in the cluster"), rules });
  const said = new Map<string, string[]>();

  canaries.forEach((value, index) => {
    const texts: string[] = [];
    said.set(value, texts);
    const say = (left: unknown) => texts.push(typeof left === "string" ? left : JSON.stringify(left));
    say(mask.object(secret(value, index)));
    say(mask.object(bystander(value, index)));
    const settings: Omit<DiffInput, "desired" | "observed"> = {
      fieldManager: "plumbline",
      ignore: [],
      additionsCount: true,
    };
    for (const [desired, observed] of [
      [secret(value, index), secret(`${value}-old`, index)],
      [bystander(value, index), bystander("changed", index)],
      [bystander("changed", index), bystander(value, index)],
    ] as [KubeObject, KubeObject][]) {
      const { changes } = diffObject({ desired, observed, ...settings });
      expect(changes.length).toBeGreaterThan(0);
      say(mask.changes({ ref: refOf(desired), desired, observed }, changes));
    }
    say(
      mask.text(
        `Secret "s${index}" is invalid: data[password]: Invalid value: ${JSON.stringify(value)}: ${value}`,
      ),
    );
    say(
      mask.text(
        `Get "https://user:${encodeURIComponent(value)}@git.example.com/?t=${base64(value)}": ${JSON.stringify(JSON.stringify({ value }))}`,
      ),
    );
    say(mask.text(`hex ${Buffer.from(value).toString("hex")} basic ${base64(`git:${value}`)}`));
  });

  it("in objects, changes and messages, raw, in base64, JSON-escaped, URL-encoded or in hex", () => {
    expect(survivors(said)).toEqual([]);
  });

  it("and the test would see one that did", () => {
    expect(survivors(new Map([[canary(7), [`x${base64(canary(7))}y`]]]))).toEqual([canary(7)]);
    expect(survivors(new Map([[canary(4), [encodeURIComponent(canary(4))]]]))).toEqual([canary(4)]);
  });
});
