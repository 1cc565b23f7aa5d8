/** What a file says when it holds values of Secrets itself, or has Kustomize make one. */
const SECRET = /\bkind["']?\s*:\s*["']?Secret\b|\bsecretGenerator\b|\bstringData\b/;
/** Files that say how others are put together, and hold no values but those that `SECRET` finds. */
const STRUCTURE = /(^|\/)(kustomization\.ya?ml|Kustomization|Chart\.yaml|Chart\.lock)$/;

/**
 * Whether a file's lines may tell a Secret's value. One that is neither an object nor structure (Helm values, an
 * .env file) may feed a Secret wherever `rendersSecrets` says that there is one. `texts` are its contents at each
 * end of a change.
 */
export function mayHoldSecrets(path: string, texts: string[], rendersSecrets: boolean): boolean {
  if (texts.some((text) => SECRET.test(text))) return true;
  return rendersSecrets && !STRUCTURE.test(path) && !texts.every(isObject);
}

function isObject(text: string): boolean {
  const documents = text.split(/^---.*$/m).filter((document) => /^[^#\s]/m.test(document));
  return documents.every(
    (document) =>
      (/^apiVersion\s*:/m.test(document) && /^kind\s*:/m.test(document)) ||
      (/^\s*\{/.test(document) && /"apiVersion"\s*:/.test(document) && /"kind"\s*:/.test(document)),
  );
}
