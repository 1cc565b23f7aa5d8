import { type Json, type JsonMap, type KubeObject, listAt, mapAt, textAt, valueAt } from "./json.ts";
import { badRequest } from "./status.ts";

/** Tells whether an object is selected. */
export type Selector = (object: KubeObject) => boolean;

/** Parses a labelSelector parameter: `a=b,c!=d,e in (f,g),h notin (i),j,!k`. */
export function labelSelector(text: string | null): Selector {
  const terms = splitTerms(text ?? "").map(labelTerm);
  return (object) => {
    const labels = mapAt(object, "metadata", "labels") ?? {};
    return terms.every((matches) => matches(labels));
  };
}

function splitTerms(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== "");
}

function labelTerm(term: string): (labels: JsonMap) => boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
  if (set) {
    const [, key = "", operator, list = ""] = set;
    const values = list.split(",").map((value) => value.trim());
    return (labels) => {
      const held = key in labels && values.includes(String(labels[key]));
      return operator === "in" ? held : !held;
    };
  }
  const equality = /^([^=!\s]+)\s*(==|=|!=)\s*(\S*)$/.exec(term);
  if (equality) {
    const [, key = "", operator, value = ""] = equality;
    return (labels) => (operator === "!=" ? labels[key] !== value : labels[key] === value);
  }
  const existence = /^(!?)\s*([A-Za-z0-9][-A-Za-z0-9_./]*)$/.exec(term);
  if (!existence)
    throw badRequest(`unable to parse requirement: ${JSON.stringify(term)} is not a label selector`);
  return (labels) => existence[2]! in labels === (existence[1] === "");
}

/** Parses a fieldSelector parameter: `metadata.name=a,status.phase!=b`. */
export function fieldSelector(text: string | null): Selector {
  const terms = (text ?? "").split(",").filter((term) => term.trim() !== "");
  const checks = terms.map((term) => {
    const parsed = /^([^=!]+)(==|=|!=)(.*)$/.exec(term.trim());
    if (!parsed) throw badRequest(`invalid field selector ${JSON.stringify(term)}`);
    const [, path = "", operator, wanted = ""] = parsed;
    return (object: KubeObject): boolean => {
      const value: Json | undefined = valueAt(object, ...path.split("."));
      return (String(value ?? "") === wanted) === (operator !== "!=");
    };
  });
  return (object) => checks.every((check) => check(object));
}

/** Whether a LabelSelector value selects some labels; an absent one selects nothing. */
export function selectsLabels(selector: JsonMap | undefined, labels: JsonMap): boolean {
  if (!selector) return false;
  const wanted = mapAt(selector, "matchLabels") ?? {};
  if (!Object.entries(wanted).every(([key, value]) => labels[key] === value)) return false;
  return listAt(selector, "matchExpressions").every((expression) => {
    const key = textAt(expression, "key");
    const operator = textAt(expression, "operator");
    if (operator === "Exists") return key in labels;
    if (operator === "DoesNotExist") return !(key in labels);
    const among = key in labels && listAt(expression, "values").includes(labels[key]!);
    return operator === "In" ? among : !among;
  });
}
