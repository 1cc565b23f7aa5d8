import type { ErrorCode } from "yaml";

// The parser's own messages quote what they stumble over, which may be a Secret's value.
const SENTENCES: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: "an alias or anchor is written wrongly",
  BAD_DIRECTIVE: "a %-directive is written wrongly",
  BAD_DQ_ESCAPE: "a text in double quotes has an unknown escape; write \\\\ for a backslash",
  BAD_INDENT: "the indentation is wrong here",
  BAD_SCALAR_START: "a value begins with a character that needs quotes",
  BLOCK_AS_IMPLICIT_KEY:
    "a key is followed by more than one value on its line; is a quote or a line break missing",
  BLOCK_IN_FLOW: "an indented block stands inside brackets",
  KEY_OVER_1024_CHARS: "a key is longer than 1024 characters",
  MISSING_CHAR: "a character is missing, often a closing quote, a closing bracket or a colon",
  MULTILINE_IMPLICIT_KEY: "a key spans several lines; a colon is missing after it",
  RESOURCE_EXHAUSTION: "it is nested too deeply, or expands to too much",
  TAB_AS_INDENT: "a tab is used for indentation; use spaces",
  TAG_RESOLVE_FAILED: "a tag is not one that Kubernetes knows",
  UNEXPECTED_TOKEN: "something stands here that does not belong; check quotes, brackets and indentation",
};

/** One sentence (without full stop) for a parser's error. */
export function yamlComplaint(code: ErrorCode): string {
  return SENTENCES[code] ?? "it is not valid YAML here";
}

/** The sentence for a key that is there already; only what looks like a key is named. */
export function twiceComplaint(key: string): string {
  const named = /^[\w./-]{1,100}/.exec(key)?.[0];
  return named ? `the key "${named}" stands twice in one mapping` : "a key stands twice in one mapping";
}
