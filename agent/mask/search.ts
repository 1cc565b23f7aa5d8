import { SHORTEST } from "./forms.ts";

/** Finds any of many strings in a text: by their first characters, then the longest that matches there. */
export class Search {
  readonly #byStart = new Map<string, string[]>();

  /** Adds a string to look for, and answers whether it is new; shorter ones than `SHORTEST` are left out. */
  add(form: string): boolean {
    if (form.length < SHORTEST) return false;
    const start = form.slice(0, SHORTEST);
    const same = this.#byStart.get(start);
    if (same?.includes(form)) return false;
    if (!same) this.#byStart.set(start, [form]);
    else {
      same.push(form);
      same.sort((a, b) => b.length - a.length);
    }
    return true;
  }

  /** The text with every one of the strings replaced. */
  replace(text: string, replacement: string): string {
    if (this.#byStart.size === 0 || text.length < SHORTEST) return text;
    let result = "";
    let copied = 0;
    for (let at = 0; at + SHORTEST <= text.length; ) {
      const candidates = this.#byStart.get(text.slice(at, at + SHORTEST));
      const form = candidates?.find((one) => text.startsWith(one, at));
      if (form === undefined) {
        at++;
        continue;
      }
      result += text.slice(copied, at) + replacement;
      at += form.length;
      copied = at;
    }
    return copied === 0 ? text : result + text.slice(copied);
  }
}
