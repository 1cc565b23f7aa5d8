const most = 10;

/** The words of a search, in lower case: all of `include` and none of `exclude`. `a "b c" -d` as search engines have it. */
export function parseSearch(text: string): { include: string[]; exclude: string[] } {
  const include: string[] = [];
  const exclude: string[] = [];
  for (const [, minus, quoted, plain] of text.toLowerCase().matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)) {
    const word = (quoted ?? plain ?? "").trim();
    if (word) (minus ? exclude : include).push(word);
  }
  return { include: include.slice(0, most), exclude: exclude.slice(0, most) };
}
