const SUFFIX: Record<string, [base: bigint, exponent: number]> = {
  n: [10n, -9],
  u: [10n, -6],
  m: [10n, -3],
  "": [10n, 0],
  k: [10n, 3],
  M: [10n, 6],
  G: [10n, 9],
  T: [10n, 12],
  P: [10n, 15],
  E: [10n, 18],
  Ki: [2n, 10],
  Mi: [2n, 20],
  Gi: [2n, 30],
  Ti: [2n, 40],
  Pi: [2n, 50],
  Ei: [2n, 60],
};
const QUANTITY = /^([+-]?)(\d*)(?:\.(\d*))?(?:([eE][+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i)?)$/;

/** Whether two Kubernetes quantities are the same amount: `100m` and `0.1`, `1Gi` and `1073741824`. */
export function sameQuantity(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  const a = nanos(left);
  return a !== undefined && a === nanos(right);
}

/** The amount in thousand-millionths; `undefined` where the text is no quantity. */
function nanos(value: unknown): bigint | undefined {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || text.length > 64) return undefined;
  const match = QUANTITY.exec(text);
  if (!match) return undefined;
  const [, sign, whole = "", fraction = "", exponent, suffix = ""] = match;
  if (whole === "" && fraction === "") return undefined;
  const [base, power] = exponent ? [10n, Number(exponent.slice(1))] : (SUFFIX[suffix] as [bigint, number]);
  const digits = BigInt(whole + fraction);
  // digits × base^power ÷ 10^fraction, in nanos.
  let numerator = digits * 10n ** 9n;
  let denominator = 10n ** BigInt(fraction.length);
  if (power >= 0) numerator *= base ** BigInt(power);
  else denominator *= base ** BigInt(-power);
  const amount = (numerator + denominator - 1n) / denominator;
  return sign === "-" ? -amount : amount;
}

const UNIT_NANOS: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** Whether two Go durations are the same: `60s` and `1m0s`. */
export function sameDuration(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  const a = durationNanos(left);
  return a !== undefined && a === durationNanos(right);
}

function durationNanos(value: unknown): number | undefined {
  if (typeof value !== "string" || value.length > 64) return undefined;
  if (value === "0") return 0;
  if (!/^[+-]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/.test(value)) return undefined;
  let total = 0;
  for (const [, amount, unit] of value.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g))
    total += Number(amount) * (UNIT_NANOS[unit as string] as number);
  return value.startsWith("-") ? -total : total;
}
