/**
 * Words that are typed go to the address, and come back from it late and not each of them: while one types on, an
 * older one must not be written over the newer. `first` is what stands in the address at the beginning.
 */
export function openEcho(first: string) {
  let seen = first;
  /** What was written and has not come back, oldest first. */
  let underWay: string[] = [];
  return {
    /** These words go to the address now. */
    wrote(words: string): void {
      if (words !== (underWay.at(-1) ?? seen)) underWay.push(words);
    },

    /** Whether what stands in the address now was written by somebody else: a link, a saved view, the way back. */
    isForeign(words: string): boolean {
      if (words === seen) return false;
      seen = words;
      const at = words === underWay.at(-1) ? underWay.length - 1 : underWay.indexOf(words);
      underWay = at < 0 ? [] : underWay.slice(at + 1);
      return at < 0;
    },
  };
}
