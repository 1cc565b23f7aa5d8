import pino from "pino";

/** Structured logs of the agent: one JSON object a line on standard output. */
export type Log = pino.Logger;

/** Takes known secret values out of a text. */
export type Scrub = (text: string) => string;

/**
 * A logger whose every string passes the scrubbers before a byte is written; `scrubWith` adds one (each
 * environment's mask knows values that the others do not) and answers how to take it away again.
 */
export function openLog(options: { level: string; write?: (line: string) => void }): {
  log: Log;
  scrubWith: (scrub: Scrub) => () => void;
} {
  const scrubbers = new Set<Scrub>();
  const clean = (text: string) => {
    let result = text;
    for (const scrub of scrubbers) result = scrub(result);
    return result;
  };
  const settings: pino.LoggerOptions = {
    level: options.level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.err },
    hooks: { streamWrite: (line) => scrubLine(line, clean) },
  };
  const log = options.write ? pino(settings, { write: options.write }) : pino(settings);
  return {
    log,
    scrubWith(scrub) {
      scrubbers.add(scrub);
      return () => scrubbers.delete(scrub);
    },
  };
}

/** Scrubs the values, not the line: a value with a quote or a line break stands escaped in the line. */
function scrubLine(line: string, clean: Scrub): string {
  try {
    return `${JSON.stringify(walk(JSON.parse(line), clean))}\n`;
  } catch {
    return clean(line);
  }
}

function walk(value: unknown, clean: Scrub): unknown {
  if (typeof value === "string") return clean(value);
  if (Array.isArray(value)) return value.map((item) => walk(item, clean));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, clean)]));
}
