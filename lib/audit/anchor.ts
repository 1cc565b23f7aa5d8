import {
  createHash,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { z } from "zod";
import { AppError } from "../errors.ts";

/** What an anchor says: which event was the newest at a time, and its hash, which stands for all before it. */
export const Anchor = z.object({
  organization: z.uuid(),
  slug: z.string(),
  sequence: z.number().int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** When it was signed. */
  at: z.string(),
  /** Of the key that signed it. */
  key: z.string(),
});
export type Anchor = z.infer<typeof Anchor>;

/** An anchor as it was found in a text; `problem` where it is not to be believed, and why. */
export type ReadAnchor = { anchor: Anchor | null; problem: string | null };

const prefix = "plumbline-audit-1";
const pattern = /plumbline-audit-1\.([\w-]+)\.([\w-]{86})/g;

export type AuditKey = { privateKey: KeyObject; publicKey: string };

/** The Ed25519 key that signs anchors: from the seed given, else derived from the installation's secret. */
export function auditKey(config: { PLUMBLINE_AUDIT_KEY?: string; PLUMBLINE_SECRET: string }): AuditKey {
  const seed = config.PLUMBLINE_AUDIT_KEY
    ? Buffer.from(config.PLUMBLINE_AUDIT_KEY, "base64")
    : Buffer.from(hkdfSync("sha256", config.PLUMBLINE_SECRET, "", "plumbline audit anchors", 32));
  // RFC 8410: a private key in PKCS #8 is this, and then its 32 bytes.
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const { x } = createPublicKey(privateKey).export({ format: "jwk" });
  return { privateKey, publicKey: x! };
}

/** A few letters that name a public key. */
export const keyName = (publicKey: string): string =>
  createHash("sha256").update(Buffer.from(publicKey, "base64url")).digest("hex").slice(0, 16);

/** One word without spaces, which any channel carries unchanged. */
export function signAnchor(key: AuditKey, said: Omit<Anchor, "key">): string {
  const body = Buffer.from(JSON.stringify({ ...said, key: keyName(key.publicKey) })).toString("base64url");
  const signature = sign(null, Buffer.from(`${prefix}.${body}`), key.privateKey).toString("base64url");
  return `${prefix}.${body}.${signature}`;
}

/** Every anchor in a text (a file, a mail, a chat's export), each checked against the public keys that are trusted. */
export function readAnchors(text: string, publicKeys: readonly string[]): ReadAnchor[] {
  return [...new Map([...text.matchAll(pattern)].map((match) => [match[0], match])).values()].map(
    ([, body = "", signature = ""]) => {
      const anchor = parseBody(body);
      if (!anchor)
        return { anchor: null, problem: "An anchor in the text cannot be read: it was cut or changed." };
      const trusted = publicKeys.find((one) => keyName(one) === anchor.key);
      if (!trusted)
        return {
          anchor,
          problem: `The anchor of event ${anchor.sequence} was signed with another key (${anchor.key}); give that key's public part.`,
        };
      const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: trusted }, format: "jwk" });
      const signed = verify(null, Buffer.from(`${prefix}.${body}`), key, Buffer.from(signature, "base64url"));
      return signed
        ? { anchor, problem: null }
        : { anchor, problem: `The anchor of event ${anchor.sequence} has a signature that is not ours.` };
    },
  );
}

function parseBody(body: string): Anchor | null {
  try {
    return Anchor.parse(JSON.parse(Buffer.from(body, "base64url").toString("utf8")));
  } catch {
    return null;
  }
}

/** A public key as people give it; throws `invalid`. */
export function parsePublicKey(text: string): string {
  if (/^[\w-]{43}$/.test(text)) return text;
  throw new AppError(
    "invalid",
    "A public key is 43 letters (Ed25519, base64url), as the audit page shows it.",
  );
}
