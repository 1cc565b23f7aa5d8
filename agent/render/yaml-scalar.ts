/** A whole number that a JSON number of ours cannot hold exactly; `value` is the nearest it can. */
type Inexact = { inexact: number };
export type ScalarValue = null | boolean | number | string | Inexact;

const WORDS = new Map<string, null | boolean>([
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map(
    (word) => [word, true] as const,
  ),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map(
    (word) => [word, false] as const,
  ),
]);
const INTEGER = /^([+-]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const NOT_A_NUMBER = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;
const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/**
 * What an untagged plain scalar means to `kubectl` (sigs.k8s.io/yaml, which resolves as go-yaml 2:
 * `yes` and `on` are booleans, `0777` is octal, dates and `1:30` stay text). Throws a sentence for .inf and .nan.
 */
export function plainScalar(text: string): ScalarValue {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (NOT_A_NUMBER.test(text))
    throw new RangeError("a number that JSON does not have (.inf or .nan); quote it");
  if (!/^[0-9+.-]/.test(text)) return text;
  const plain = text.replaceAll("_", "");
  return integer(plain) ?? float(plain) ?? text;
}

/** What a scalar with one of YAML's own tags means; undefined where the text does not suit the tag. */
export function taggedScalar(tag: string, text: string): ScalarValue | undefined {
  const value =
    tag === "bool" || tag === "null" || tag === "int" || tag === "float" ? plainScalar(text) : text;
  if (tag === "bool") return typeof value === "boolean" ? value : undefined;
  if (tag === "null") return value === null ? null : undefined;
  if (tag === "int" || tag === "float")
    return typeof value === "number" || (typeof value === "object" && value !== null) ? value : undefined;
  if (tag === "binary") return Buffer.from(text, "base64").toString("utf8");
  return text;
}

function integer(text: string): number | Inexact | undefined {
  const match = INTEGER.exec(text);
  if (!match) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const digits = hex ? `0x${hex}` : binary ? `0b${binary}` : octal ? `0o${octal}` : decimal!;
  const size = BigInt(digits);
  const value = sign === "-" ? -size : size;
  // Beyond 64 bits it is read as a float, where nothing promises the last digits.
  if (value < INT64_MIN || value > UINT64_MAX) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : { inexact: number };
}

function float(text: string): number | undefined {
  if (!FLOAT.test(text)) return undefined;
  const number = Number(text);
  if (!Number.isFinite(number)) return undefined;
  return number === 0 ? 0 : number;
}
