import { getCACertificates } from "node:tls";

/** The system's certificate authorities and an own one: a bundle of one's own adds trust, and takes none away. */
export function trusted(pem: string): string[] {
  return [...getCACertificates("default"), pem];
}
