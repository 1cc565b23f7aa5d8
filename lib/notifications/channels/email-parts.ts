import type { AlertMessage } from "../message.ts";
import { oneLine } from "./plain-text.ts";
import { type Words, wordsOf } from "./words.ts";

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Untrusted text for HTML, in an element or an attribute. */
export const escapeHtml = (text: string) =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? character);

/** Subject, text and HTML of one message. */
export function emailParts(message: AlertMessage): { subject: string; text: string; html: string } {
  const words = wordsOf(message);
  return { subject: oneLine(words.title, 200), text: textOf(words), html: htmlOf(words) };
}

function textOf({ title, what, facts, links }: Words): string {
  const lines = facts.map(({ label, text }) => `${label}: ${text}`);
  const addresses = links.map(({ label, url }) => `${label}: ${url}`);
  return [title, what, lines.join("\n"), addresses.join("\n")].filter(Boolean).join("\n\n").concat("\n");
}

// Clients without support for the query keep the light colours; those are inline for the ones that drop <style>.
const STYLE = `:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: #14161a !important; }
  .card { background: #1c1f25 !important; border-color: #343a44 !important; }
  .ink { color: #e8eaee !important; }
  .faint { color: #a2a9b5 !important; }
  .link { color: #8fb8ff !important; }
}`;
const FONT = "font-family: system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif;";

function htmlOf({ title, what, facts, links }: Words): string {
  const rows = facts.map(
    ({ label, text }) =>
      `<tr><td class="faint" style="padding: 3px 16px 3px 0; color: #5c6470; vertical-align: top; white-space: nowrap;">${escapeHtml(label)}</td>` +
      `<td class="ink" style="padding: 3px 0; color: #1b1e23; overflow-wrap: anywhere;">${escapeHtml(text)}</td></tr>`,
  );
  const anchors = links.map(
    ({ label, url }) =>
      `<a class="link" href="${escapeHtml(url)}" style="color: #1d4fb8; margin-right: 20px;">${escapeHtml(label)}</a>`,
  );
  const detail = escapeHtml(what).replaceAll("\n", "<br>");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body class="page" style="margin: 0; padding: 24px 12px; background: #f3f4f6;">
<div class="card" style="max-width: 600px; margin: 0 auto; padding: 24px; background: #ffffff; border: 1px solid #d9dce1; ${FONT} font-size: 15px; line-height: 1.5;">
<h1 class="ink" style="margin: 0 0 12px; font-size: 18px; line-height: 1.35; color: #1b1e23;">${escapeHtml(title)}</h1>
${detail ? `<p class="ink" style="margin: 0 0 16px; color: #1b1e23; overflow-wrap: anywhere;">${detail}</p>` : ""}
<table role="presentation" cellpadding="0" cellspacing="0" style="border-collapse: collapse; font-size: 14px;">
${rows.join("\n")}
</table>
${anchors.length ? `<p style="margin: 20px 0 0;">${anchors.join("\n")}</p>` : ""}
</div>
</body>
</html>
`;
}
