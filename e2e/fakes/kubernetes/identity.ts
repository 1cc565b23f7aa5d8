import { createHmac, timingSafeEqual } from "node:crypto";
import type { Store } from "./store.ts";

/** Who makes a request. */
export interface Identity {
  user: string;
  groups: string[];
  uid?: string;
}

/** Of the group that may do everything. */
export const MASTERS = "system:masters";

/** Signs and reads the tokens of ServiceAccounts; one admin token is known to it. */
export class Tokens {
  readonly #adminToken: string;
  readonly #key: string;

  constructor(adminToken: string, key: string) {
    this.#adminToken = adminToken;
    this.#key = key;
  }

  /** Issues a token as TokenRequest does: a signed JWT that names the account. */
  issue(
    namespace: string,
    name: string,
    uid: string,
    seconds: number,
    audiences: string[],
  ): { token: string; expires: Date } {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: "https://kubernetes.default.svc.cluster.local",
      sub: `system:serviceaccount:${namespace}:${name}`,
      aud: audiences,
      iat: now,
      exp: now + seconds,
      "kubernetes.io": { namespace, serviceaccount: { name, uid } },
    };
    const body = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
    return { token: `${body}.${this.#sign(body)}`, expires: new Date((now + seconds) * 1000) };
  }

  /** The identity a bearer token proves, or undefined. */
  identify(token: string, store: Store): Identity | undefined {
    if (sameText(token, this.#adminToken))
      return { user: "kubernetes-admin", groups: [MASTERS, "system:authenticated"] };
    const [head, claims, signature] = token.split(".");
    if (!head || !claims || !signature || !sameText(signature, this.#sign(`${head}.${claims}`)))
      return undefined;
    const parsed = JSON.parse(Buffer.from(claims, "base64url").toString("utf8")) as Claims;
    if (parsed.exp * 1000 < Date.now()) return undefined;
    const { namespace, serviceaccount } = parsed["kubernetes.io"];
    const account = store.get("/serviceaccounts", namespace, serviceaccount.name);
    if (account?.metadata.uid !== serviceaccount.uid) return undefined;
    return serviceAccountIdentity(namespace, serviceaccount.name);
  }

  #sign(text: string): string {
    return createHmac("sha256", this.#key).update(text).digest("base64url");
  }
}

/** What a ServiceAccount is as a user. */
function serviceAccountIdentity(namespace: string, name: string): Identity {
  const groups = ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"];
  return { user: `system:serviceaccount:${namespace}:${name}`, groups };
}

interface Claims {
  exp: number;
  "kubernetes.io": { namespace: string; serviceaccount: { name: string; uid: string } };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
