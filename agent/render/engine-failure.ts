import { StageError } from "../errors.ts";
import type { Ran } from "../run-process.ts";
import { outOfTime } from "./kubernetes-objects.ts";
import type { Limits } from "./limits.ts";
import { withoutDumps } from "./without-dumps.ts";

/** What to say of an engine that failed, and what must not be said. */
export type EngineCall = {
  engine: "Kustomize" | "Helm";
  /** The file that the failure is about when the engine names none. */
  file: string;
  /** The repository files that the engine was given. */
  inputs: Iterable<string>;
  /** What the engine calls a place, and what the repository calls it: `["/tmp/build-1/", ""]`. */
  places: [from: string, to: string][];
  /** Values that may be part of what the engine quotes. */
  secrets: Iterable<string>;
  limits: Limits;
};

/** The StageError for an engine's failure: one sentence, repository paths, no quoted object, no secret. */
export function engineFailure(ran: Ran, call: EngineCall): StageError {
  const at = { file: call.file };
  if (ran.ended === "timeout") return outOfTime(call.limits.timeoutMs, call.file);
  if (ran.ended === "too-large")
    return new StageError(
      "render",
      "OutputTooLarge",
      `${call.file} renders to more than ${call.limits.maxOutputBytes} bytes; split the environment.`,
      { at },
    );
  if (ran.ended === "missing")
    return new StageError(
      "render",
      "EngineMissing",
      `${call.engine} could not be started; the agent's image must have it.`,
      { at },
    );
  const said = condense(ran.stderr, call);
  const place = placeIn(said, call);
  return new StageError(
    "render",
    `${call.engine}Failed`,
    `${call.engine} cannot render ${call.file}: ${said}.`,
    { at: place ?? at },
  );
}

/** An engine's error in at most a few hundred characters. */
function condense(stderr: string, call: Pick<EngineCall, "places" | "secrets">): string {
  let text = withoutDumps(stderr);
  for (const [from, to] of call.places) text = text.replaceAll(from, to);
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(#|WARNING|W\d{4}|level=|Use --debug)/i.test(line));
  const first = lines.findIndex((line) => /^error:?/i.test(line));
  // An error's first line is its sentence; what follows it is often the object it is about.
  const useful = lines
    .slice(Math.max(first, 0))
    .filter((line, at) => at === 0 || !/^[-\w."'/]+:(\s|$)|^[-{}[\]](?! at ')/.test(line));
  text = useful
    .slice(0, 3)
    .join(" ")
    .replace(/^error:?\s*/i, "");
  text = innermost(text);
  // Longest first, so that no secret's tail survives the redaction of its beginning.
  for (const secret of [...new Set(call.secrets)].sort((a, b) => b.length - a.length))
    text = text.replaceAll(secret, "***");
  text = text
    .replace(/[A-Za-z0-9+]{40,}={0,2}/g, "***")
    .replace(/\s+/g, " ")
    .replace(/[.\s]+$/, "");
  return text === "" ? "it gives no reason" : text.slice(0, 800);
}

/** Kustomize tries each resource as a file and as a folder, and tells of both failures; one of them is the reason. */
function innermost(text: string): string {
  const [, asFile] =
    /accumulation err='(.*?)': must build at directory: .*file is not directory/s.exec(text) ?? [];
  if (asFile !== undefined) return innermost(asFile);
  const [, asFolder] = /accumulation err='.*?': (.*)$/s.exec(text) ?? [];
  return asFolder === undefined ? text.replace(/^accumulating resources: /, "") : innermost(asFolder);
}

/** The input that a message names, by its whole path or by an end of it that only one input has. */
function placeIn(text: string, call: EngineCall): { file: string; line?: number } | undefined {
  for (const match of text.matchAll(/([\w./-]+\.(?:ya?ml|tpl|json|txt|env))(?::(\d+))?/g)) {
    const named = match[1]!.replace(/^(\.\.?\/)+/, "");
    const files = [...call.inputs].filter((file) => file === named || file.endsWith(`/${named}`));
    const exact = files.find((file) => file === named);
    const file = exact ?? (files.length === 1 ? files[0] : undefined);
    if (file !== undefined) return match[2] === undefined ? { file } : { file, line: Number(match[2]) };
  }
  return undefined;
}
