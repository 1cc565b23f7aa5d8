import { randomBytes, randomInt } from "node:crypto";

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const PATH_SEGMENT = /^(?!\.{1,2}$)[^/%]+$/;

const SUBDOMAIN_ERROR =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_ERROR =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

/** What is wrong with an object's name, or undefined. */
export function nameProblem(storage: string, name: string): string | undefined {
  if (storage.startsWith("rbac.authorization.k8s.io/"))
    return PATH_SEGMENT.test(name) ? undefined : "may not contain '/' or '%'";
  if (storage === "/namespaces" || storage === "/services") return rule(name, LABEL, 63, LABEL_ERROR);
  return rule(name, SUBDOMAIN, 253, SUBDOMAIN_ERROR);
}

function rule(name: string, pattern: RegExp, limit: number, message: string): string | undefined {
  if (name.length > limit) return `must be no more than ${limit} characters`;
  return pattern.test(name) ? undefined : message;
}

const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

/** Five letters as generateName appends. */
export function randomSuffix(length = 5): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/** Letters without vowels from a hash, as pod-template-hash is written. */
export function safeHash(text: string): string {
  return [...text].map((char) => ALPHABET[char.charCodeAt(0) % ALPHABET.length]).join("");
}

/** A token nobody can guess. */
export function randomToken(bytes = 24): string {
  return randomBytes(bytes).toString("base64url");
}
