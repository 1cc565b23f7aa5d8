import { createHmac, timingSafeEqual } from "node:crypto";

/** Whether `header` (`sha256=<hex>`) is the HMAC of exactly these bytes under `secret`; compares in constant time. */
export function verifyWebhookSignature(
  secret: string,
  body: Buffer,
  header: string | null | undefined,
): boolean {
  // An empty secret would make a signature that anybody can compute.
  if (!secret || !header) return false;
  const given = /^sha256=([0-9a-f]{64})$/.exec(header);
  if (!given) return false;
  const expected = createHmac("sha256", secret).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(given[1]!, "hex"));
}
