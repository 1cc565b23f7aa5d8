import type { z } from "zod";
import { AppError } from "../errors.ts";

/** Where a page ended: the next one begins after it. */
export type Cursor = { at: string; id: string };

/** A cursor as it travels in an address. */
export function writeCursor({ at, id }: Cursor): string {
  return Buffer.from(`${at} ${id}`).toString("base64url");
}

/** Reads what `writeCursor` wrote; null for the first page; throws `invalid` for anything else. */
export function readCursor(text: string | null | undefined): Cursor | null {
  if (!text) return null;
  const [at = "", id = ""] = Buffer.from(text, "base64url").toString().split(" ");
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(at) || Number.isNaN(Date.parse(at)) || !isId(id))
    throw new AppError("invalid", "The page's cursor is not one of ours; start from the first page.");
  return { at, id };
}

const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** An id from a query; throws `invalid` where it is none. */
export function optionalId<T extends string | null | undefined>(name: string, id: T): T {
  if (id && !isId(id)) throw new AppError("invalid", `${name}: not an id of ours.`);
  return id;
}

/** One of an enumeration from a query; throws `invalid` with what there is. */
export function optionalOne<T extends string>(
  name: string,
  schema: z.ZodType<T> & { options: readonly T[] },
  value: string | null | undefined,
): T | null {
  if (!value) return null;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new AppError("invalid", `${name}: one of ${schema.options.join(", ")}.`);
  return parsed.data;
}
