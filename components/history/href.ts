import { environmentHref } from "#components/environments/href.ts";
import { writeSide } from "#lib/history/rules.ts";
import type { Side } from "#lib/history/schemas.ts";

/** The stable address of what an environment ran at an instant. */
export const ranHref = (org: string, row: { name: string; cluster: string }, at: string) =>
  `${environmentHref(org, row)}/ran?at=${encodeURIComponent(at)}`;

/** The stable address of a comparison. */
export const compareHref = (org: string, from: Side, to: Side) =>
  `/${org}/compare?${new URLSearchParams({ from: writeSide(from), to: writeSide(to) })}`;

/** `apps/Deployment/shop/quotes` as people say it: "Deployment shop/quotes". */
export function objectWords(key: string): string {
  const [, kind = "", namespace = "", ...name] = key.split("/");
  return `${kind} ${namespace ? `${namespace}/` : ""}${name.join("/")}`;
}
