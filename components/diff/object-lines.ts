import { diffArrays } from "diff";
import type { FieldChange } from "#lib/protocol/object.ts";
import type { DiffLine } from "./lines.ts";
import { isList, isMap, itemFor, type Json, type JsonMap, ordered, partner } from "./values.ts";
import { pathSegments, yamlLines } from "./yaml.ts";

/** Differing fields by the steps of their paths. */
type Tree = { change?: FieldChange; steps: Map<string, Tree> };

/**
 * One object as YAML, in whole, with what differs where it stands: Git's line (`del`), then the cluster's
 * (`add`). Which fields differ is what `changes` say and nothing else; a value that only looks different in
 * `observed` gets a note. Without `desired` only the differing fields and the keys that lead to them are drawn.
 */
export function objectLines(of: {
  desired?: unknown;
  observed?: unknown;
  changes: readonly FieldChange[];
  /** Fields that a rule hides differ without being told: a note must not call them equal. */
  hidden?: boolean;
}): DiffLine[] {
  const writer = new Writer(of.hidden ?? false, of.desired !== undefined);
  const desired = isMap(of.desired) ? of.desired : {};
  writer.map(ordered(desired) as JsonMap, of.observed, treeOf(of.changes), 0);
  return writer.numbered();
}

/** All lines of one side alone: an object that only Git has (`del`), or only the cluster (`add`). */
export function oneSidedLines(object: unknown, kind: "del" | "add" | "same"): DiffLine[] {
  return yamlLines(ordered(object as Json)).map((text, index) => ({
    ...{ kind, text },
    git: kind === "add" ? null : index + 1,
    cluster: kind === "del" ? null : index + 1,
  }));
}

function treeOf(changes: readonly FieldChange[]): Tree {
  const root: Tree = { steps: new Map() };
  for (const change of changes) {
    let node = root;
    for (const step of pathSegments(change.path)) {
      const next = node.steps.get(step) ?? { steps: new Map() };
      node.steps.set(step, next);
      node = next;
    }
    node.change = change;
  }
  return root;
}

class Writer {
  readonly #lines: DiffLine[] = [];
  readonly #hidden: boolean;
  readonly #isWhole: boolean;

  constructor(hidden: boolean, isWhole: boolean) {
    this.#hidden = hidden;
    this.#isWhole = isWhole;
  }

  /** Numbers each side by itself; where only differing fields are known there is nothing to count. */
  numbered(): DiffLine[] {
    let git = 0;
    let cluster = 0;
    if (this.#isWhole)
      for (const line of this.#lines) {
        line.git = line.kind === "add" ? null : ++git;
        line.cluster = line.kind === "del" ? null : ++cluster;
      }
    return this.#lines;
  }

  map(value: JsonMap, seen: unknown, tree: Tree | undefined, indent: number, dash = false): void {
    const nodes = new Map([...(tree?.steps ?? [])].map(([step, node]) => [keyOf(step), node]));
    const keys = [...new Set([...Object.keys(value), ...nodes.keys()])];
    for (const [index, key] of keys.entries()) {
      const lead = dash && index === 0 ? `${"  ".repeat(indent - 1)}- ` : "  ".repeat(indent);
      const label = `${lead}${yamlKey(key)}:`;
      this.#entry(label, value[key], isMap(seen) ? seen[key] : undefined, nodes.get(key), indent);
    }
  }

  #entry(
    label: string,
    value: Json | undefined,
    seen: unknown,
    node: Tree | undefined,
    indent: number,
  ): void {
    if (node?.change) {
      this.#replaced(label, value, node.change, indent);
      return;
    }
    if (isList(value) || (value === undefined && node && isItems(node))) {
      this.#same(isList(value) && value.length === 0 && !node ? `${label} []` : label);
      this.#list(isList(value) ? value : [], seen, node, indent + 1);
      return;
    }
    if ((isMap(value) && (Object.keys(value).length > 0 || node)) || (value === undefined && node)) {
      this.#same(label);
      this.map(isMap(value) ? value : {}, seen, node, indent + 1);
      return;
    }
    const [first, ...rest] = linesOf(label, value, indent);
    this.#same(first ?? label, isScalar(value) ? this.#note(value, seen) : undefined);
    for (const text of rest) this.#same(text);
  }

  #list(items: Json[], seen: unknown, node: Tree | undefined, indent: number): void {
    const nodes = new Map<number, Tree>();
    const others: [string, Tree][] = [];
    for (const [step, child] of node?.steps ?? []) {
      const at = itemFor(items, inBrackets(step));
      if (at >= 0 && !nodes.has(at)) nodes.set(at, child);
      else others.push([inBrackets(step), child]);
    }
    for (const [at, item] of items.entries()) {
      const child = nodes.get(at);
      const lead = `${"  ".repeat(indent)}-`;
      const other = partner(items, at, seen);
      if (child?.change) this.#replaced(lead, item, child.change, indent);
      else if (isMap(item) && Object.keys(item).length > 0) this.map(item, other, child, indent + 1, true);
      else {
        const [first, ...rest] = linesOf(lead, item, indent);
        this.#same(first ?? lead, isScalar(item) ? this.#note(item, other) : undefined);
        for (const text of rest) this.#same(text);
      }
    }
    for (const [selector, child] of others) {
      const lead = `${"  ".repeat(indent)}-`;
      if (child.change) this.#replaced(lead, undefined, child.change, indent);
      else {
        this.#same(`${lead} ${selector.includes("=") ? selector.replace("=", ": ") : `# item ${selector}`}`);
        this.map({}, undefined, child, indent + 1);
      }
    }
  }

  /** Git's lines and the cluster's; of two long values only the lines that differ. */
  #replaced(label: string, value: Json | undefined, change: FieldChange, indent: number): void {
    const git = value ?? (change.desired === undefined ? undefined : ordered(change.desired as Json));
    const cluster = change.observed === undefined ? undefined : ordered(change.observed as Json);
    const before = git === undefined ? [] : linesOf(label, git, indent);
    const after = cluster === undefined ? [] : linesOf(label, cluster, indent);
    if (before.length === 0 && after.length === 0) {
      this.#push("del", label, change);
      return;
    }
    const told = { del: false, add: false };
    const side = (kind: "del" | "add", text: string) => {
      this.#push(kind, text, told[kind] ? undefined : change);
      told[kind] = true;
    };
    if (before.length < 3 || after.length < 3) {
      for (const text of before) side("del", text);
      for (const text of after) side("add", text);
      return;
    }
    for (const { added, removed, value: texts } of diffArrays(before, after, { timeout: 200 }) ?? [
      { removed: true, added: false, value: before },
      { removed: false, added: true, value: after },
    ])
      for (const text of texts)
        if (added || removed) side(added ? "add" : "del", text);
        else this.#same(text);
  }

  #note(value: Json | undefined, seen: unknown): string | undefined {
    if (seen === undefined || typeof seen === "object" || seen === value) return undefined;
    const shown = yamlLines(seen)[0] ?? "";
    const text = shown.length > 60 ? `${shown.slice(0, 59)}…` : shown;
    return `the cluster says ${text}: ${this.#hidden ? "equal, or ignored by a rule" : "equal"}`;
  }

  #same(text: string, note?: string): void {
    this.#lines.push({ kind: "same", text, git: null, cluster: null, ...(note && { note }) });
  }

  #push(kind: "del" | "add", text: string, change?: FieldChange): void {
    this.#lines.push({ kind, text, git: null, cluster: null, ...(change && { change }) });
  }
}

/** `label value` on one line, or the label and the value's lines beneath it; `indent` is the label's depth. */
function linesOf(label: string, value: Json | undefined, indent: number): string[] {
  const [first = "", ...rest] = yamlLines(value);
  if (isContainer(value) && !label.endsWith("-")) {
    const pad = "  ".repeat(indent + 1);
    return [label, ...[first, ...rest].map((text) => `${pad}${text}`)];
  }
  // The lines of a block text are indented by `yamlLines` already; those of an item stand right of its dash.
  const pad = "  ".repeat(isContainer(value) ? indent + 1 : indent);
  return [`${label} ${first}`, ...rest.map((text) => `${pad}${text}`)];
}

const isContainer = (value: Json | undefined) =>
  typeof value === "object" && value !== null && Object.keys(value).length > 0;
const isScalar = (value: Json | undefined) => value === null || typeof value !== "object";
const inBrackets = (step: string) => /^\[(.*)\]$/s.exec(step)?.[1] ?? step;
const isItems = (node: Tree) => [...node.steps.keys()].some((step) => /^\[[^"]/.test(step));

/** The map key that a step of a path names. */
function keyOf(step: string): string {
  const quoted = /^\[(".*")\]$/s.exec(step)?.[1];
  if (quoted === undefined) return step;
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

const yamlKey = (key: string) => (/^[\w./-]+$/.test(key) ? key : JSON.stringify(key));
