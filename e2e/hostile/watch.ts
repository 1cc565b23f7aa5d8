import type { BrowserContext, Page } from "@playwright/test";

/** What a hostile text has brought about, or has tried to. */
export type Deed = { page: string; what: string };

/**
 * Watches all pages of a context for what no text may bring about: scripts that run, dialogs, anything that the
 * Content-Security-Policy had to stop, requests to elsewhere, and pages that are left.
 */
export async function watch(context: BrowserContext, origin: string): Promise<Deed[]> {
  const deeds: Deed[] = [];
  const note = (page: Page | null, what: string) =>
    deeds.push({ page: page?.url() ?? "", what: what.slice(0, 500) });
  await context.exposeBinding("__deed", ({ page }, what: string) => note(page, what));
  await context.addInitScript(() => {
    const tell = (what: string) => (globalThis as unknown as { __deed(what: string): void }).__deed(what);
    for (const name of ["alert", "confirm", "prompt", "print"] as const)
      Object.assign(globalThis, { [name]: () => tell(`ran a script: ${name}()`) });
    document.addEventListener("securitypolicyviolation", (event) =>
      tell(`the policy stopped ${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
    );
  });
  context.on("request", (request) => {
    const url = request.url();
    if (url.startsWith("data:image/") || url.startsWith("blob:")) return;
    if (!url.startsWith(`${origin}/`)) note(null, `asked ${url}`);
    else if (!OURS.test(url.slice(origin.length))) note(null, `asked for ${url}`);
  });
  context.on("page", (page) => {
    page.on("dialog", (dialog) => {
      note(page, `opened a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("popup", (popup) => note(page, `opened ${popup.url()}`));
    page.on("console", (message) => {
      if (/Content.Security.Policy|Refused to/i.test(message.text())) note(page, message.text());
    });
    page.on("pageerror", (error) => note(page, `threw ${error.message}`));
  });
  return deeds;
}

/** What pages of ours ask for themselves. */
const OURS =
  /^\/(?:api\/|_next\/|icon\.svg|favicon\.ico|sign-in|welcome|setup|family-insurance(?:[/?]|$)|$|unsafe)/;

/** What stands in the document that no text may become: handlers, foreign addresses, elements nobody of ours makes. */
export function found(page: Page, origin: string): Promise<string[]> {
  return page.evaluate((ours) => {
    const faults: string[] = [];
    const known =
      /^(a|abbr|article|aside|b|base|body|br|button|caption|circle|clippath|code|col|colgroup|dd|defs|details|div|dl|dt|ellipse|em|fieldset|figcaption|figure|footer|form|g|h1|h2|h3|h4|head|header|hr|html|i|input|kbd|label|legend|li|line|link|main|mark|meta|nav|next-route-announcer|noscript|ol|optgroup|option|output|p|path|pattern|polygon|polyline|pre|rect|script|search|section|select|small|span|strong|style|sub|summary|sup|svg|table|tbody|td|text|textarea|tfoot|th|thead|time|title|tr|tspan|ul|use)$/;
    for (const element of document.querySelectorAll("*")) {
      const name = element.localName.toLowerCase();
      if (!known.test(name)) faults.push(`an element <${name}>`);
      for (const { name: attribute, value } of element.attributes) {
        if (/^on/i.test(attribute)) faults.push(`<${name} ${attribute}>`);
        if (!/^(href|src|action|formaction|xlink:href|poster|data|srcset|background|ping)$/i.test(attribute))
          continue;
        const plain = [...value].filter((character) => character > " ").join("");
        if (plain === "" || plain.startsWith("#") || plain.startsWith("url(#")) continue;
        const url = URL.canParse(plain, ours) ? new URL(plain, ours) : null;
        if (!url || !["http:", "https:", "mailto:"].includes(url.protocol))
          faults.push(`<${name} ${attribute}="${value.slice(0, 80)}">`);
        else if (attribute !== "href" && url.origin !== ours && name !== "form")
          faults.push(`<${name} ${attribute}="${value.slice(0, 80)}">`);
        else if (
          name === "a" &&
          url.origin !== ours &&
          !/noreferrer|noopener/.test(element.getAttribute("rel") ?? "")
        )
          faults.push(`a link away that tells where it comes from: ${value.slice(0, 80)}`);
      }
    }
    return [...new Set(faults)];
  }, origin);
}

/** What is wrong with the policy of an answer, if anything. */
export function policyFaults(policy: string | undefined): string[] {
  if (!policy) return ["there is no Content-Security-Policy"];
  const of = (name: string) =>
    policy
      .split(";")
      .map((part) => part.trim())
      .find((part) => part.startsWith(`${name} `)) ?? "";
  const scripts = of("script-src");
  return [
    ...(/'nonce-[\w+/=-]{16,}'/.test(scripts) ? [] : ["script-src has no nonce"]),
    ...(/unsafe-inline|unsafe-eval|unsafe-hashes|\*|https?:/.test(scripts)
      ? [`script-src says ${scripts}`]
      : []),
    ...(of("object-src").includes("'none'") ? [] : ["object-src is not 'none'"]),
    ...(of("base-uri").includes("'none'") ? [] : ["base-uri is not 'none'"]),
    ...(of("frame-ancestors").includes("'none'") ? [] : ["frame-ancestors is not 'none'"]),
    ...(of("default-src") === "default-src 'self'" ? [] : ["default-src is not 'self'"]),
  ];
}
