/** A request that must change nothing, with the answers that are right for it. */
export type Forgery = {
  kind: string;
  method: string;
  headers: Record<string, string>;
  body: string | Buffer;
  expected: readonly number[];
};

type Options = {
  seed: number;
  count: number;
  /** True payloads to spoil. */
  examples: readonly { event: string; body: string }[];
  sign: (body: string | Buffer, secret?: string) => string;
  /** Delivery ids that were used before. */
  ids: readonly string[];
};

type Draw = {
  next: (below: number) => number;
  one: <T>(of: readonly T[]) => T;
  hex: (length: number) => string;
};

/** The same numbers for the same seed: mulberry32. */
function drawFrom(seed: number): Draw {
  let state = seed;
  const next = (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
  return {
    next,
    one: (of) => of[next(of.length)]!,
    hex: (length) => Array.from({ length }, () => next(16).toString(16)).join(""),
  };
}

/** Malformed and forged webhooks, `count` of them, the same for the same seed. */
export function* forgeries({ seed, count, examples, sign, ids }: Options): Generator<Forgery> {
  const draw = drawFrom(seed);
  // Large ones cost most of the time and show nothing new.
  const small = examples.filter(({ body }) => body.length < 12_000);
  const kinds = Object.keys(unsigned);
  const signedKinds = Object.keys(signed);
  for (let n = 0; n < count; n++) {
    const { event, body } = draw.one(small);
    const headers: Record<string, string> = {
      "content-type": draw.one([
        "application/json",
        "application/x-www-form-urlencoded",
        "text/plain",
        "a/b;;",
        "",
      ]),
      "x-github-event": draw.next(10)
        ? event
        : draw.one(["push", "ping", "\u00e9v\u00e9nement", "x".repeat(150)]),
      "x-github-delivery": draw.next(4) ? `${seed}-${n}` : draw.one(ids),
    };
    if (n % 5000 === 0) {
      const huge = Buffer.alloc(n % 10_000 === 0 ? 27 * 1024 * 1024 : 2 * 1024 * 1024, "[");
      headers["x-hub-signature-256"] = `sha256=${draw.hex(64)}`;
      yield { kind: "huge", method: "POST", headers, body: huge, expected: [401, 413] };
    } else if (n % 4 === 3) {
      const kind = draw.one(signedKinds);
      const spoiled = signed[kind]!(body, draw);
      const of = {
        ...headers,
        "content-type": "application/json",
        "x-github-event": draw.one(["push", "pull_request"]),
      };
      if (kind === "headers") delete of[draw.one(["x-github-event", "x-github-delivery"]) as keyof typeof of];
      const signature = { "x-hub-signature-256": sign(spoiled) };
      yield {
        kind: `signed ${kind}`,
        method: "POST",
        headers: { ...of, ...signature },
        body: spoiled,
        expected: [400],
      };
    } else {
      const kind = draw.one(kinds);
      const forged = unsigned[kind]!(body, draw, sign);
      yield {
        ...{ kind, method: forged.method ?? "POST", body: forged.body ?? body },
        headers: { ...headers, ...forged.headers },
        expected: forged.expected ?? [401],
      };
    }
  }
}

type Forged = {
  method?: string;
  body?: string | Buffer;
  headers?: Record<string, string>;
  expected?: number[];
};
const signature = (value: string) => ({ "x-hub-signature-256": value });

/** Without a signature that is ours over exactly these bytes. */
const unsigned: Record<string, (body: string, draw: Draw, sign: Options["sign"]) => Forged> = {
  truncated: (body, { next }, sign) => ({
    body: body.slice(0, next(body.length)),
    headers: signature(sign(body)),
  }),
  lengthened: (body, _, sign) => ({ body: `${body} `, headers: signature(sign(body)) }),
  "one bit": (body, { next }, sign) => {
    const bytes = Buffer.from(body);
    const at = next(bytes.length);
    bytes[at] = bytes[at]! ^ (1 << next(8));
    return { body: bytes, headers: signature(sign(body)) };
  },
  "another secret": (body, { hex }, sign) => ({ headers: signature(sign(body, hex(20))) }),
  "no signature": () => ({}),
  "another body's signature": (body, _, sign) => ({ headers: signature(sign(body.slice(1))) }),
  "a signature that is none": (body, draw, sign) => ({
    headers: signature(
      draw.one([
        ...["sha256=", "sha256", `sha256=${draw.hex(63)}`, `sha256=${draw.hex(66)}`, `sha1=${draw.hex(40)}`],
        ...[
          sign(body).toUpperCase(),
          ` ${sign(body).slice(7)}`,
          `${sign(body)},${sign(body)}`,
          "\u00ff".repeat(64),
        ],
      ]),
    ),
  }),
  "an older header alone": (body, { hex }) => ({ body, headers: { "x-hub-signature": `sha1=${hex(40)}` } }),
  empty: (_, { hex }) => ({ body: "", headers: signature(`sha256=${hex(64)}`) }),
  deep: (_, { next, hex }) => ({
    body: '{"a":'.repeat(next(3000) + 1),
    headers: signature(`sha256=${hex(64)}`),
  }),
  "bad encodings": (_, { next, hex }) => ({
    body: Buffer.from(Array.from({ length: next(400) }, () => next(256))),
    headers: signature(`sha256=${hex(64)}`),
  }),
  "UTF-16": (body, _, sign) => ({
    body: Buffer.from(body.slice(0, 999), "utf16le"),
    headers: signature(sign(body)),
  }),
  compressed: (body, { one }, sign) => ({
    headers: {
      ...signature(sign(body)),
      "content-encoding": one(["gzip", "br", "deflate", "identity, gzip", "x"]),
    },
    expected: [400],
  }),
  "another method": (body, { one }, sign) => ({
    method: one(["PUT", "PATCH", "DELETE"]),
    headers: signature(sign(body)),
    expected: [400],
  }),
};

/** Rightly signed, as a Git host with a fault would: still no crash, and no effect. */
const signed: Record<string, (body: string, draw: Draw) => string | Buffer> = {
  truncated: (body, { next }) => body.slice(0, next(body.length - 1)),
  "no JSON": (_, { next }) => Buffer.from(Array.from({ length: next(100) + 1 }, () => next(256) | 0x80)),
  deep: (_, { next, one }) => one(["[", '{"a":']).repeat(next(20_000) + 1),
  "deep and whole": (_, { next }) =>
    "[".repeat(next(5000) + 1).replace(/.*/, (open) => open + "]".repeat(open.length)),
  "another shape": (_, { one }) =>
    one([
      "null",
      "[]",
      '"push"',
      "1e999",
      "{}",
      '{"ref":1}',
      '{"__proto__":{"ref":"refs/heads/main"}}',
      '{"ref":null}',
    ]),
  "fields that are wrong": (body, { one }) => {
    const value = JSON.parse(body) as Record<string, unknown>;
    value.repository = one([null, 1, "x", [], {}, { full_name: 1, html_url: "javascript:alert(1)" }]);
    return JSON.stringify(value);
  },
  NUL: (_, { next }) => `{"ref":"refs/heads/\\u0000${"\\ud800".repeat(next(50))}","repository":{}}`,
  headers: (body) => body,
};
