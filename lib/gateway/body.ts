import type { IncomingMessage } from "node:http";
import { createGunzip } from "node:zlib";
import type { z } from "zod";
import { AppError } from "../errors.ts";
import { invalid } from "../http/respond.ts";

/** How large a body may be as it comes, and after decompression. */
export type Limits = { wireBytes: number; bytes: number };

/** Reads a whole body within its limits; throws `too-large` without reading on. */
export async function readBody(request: IncomingMessage, limits: Limits): Promise<Buffer> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > limits.wireBytes) throw tooLarge("", limits.wireBytes);
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return collect(request, limits.wireBytes, "");
  if (encoding !== "gzip")
    throw new AppError(
      "invalid",
      `The body's encoding "${encoding.slice(0, 40)}" is not known here; send gzip or none.`,
    );
  const raw = await collect(request, limits.wireBytes, "compressed ");
  const gunzip = createGunzip();
  gunzip.end(raw);
  return collect(gunzip, limits.bytes, "decompressed ");
}

async function collect(stream: AsyncIterable<Buffer>, limit: number, how: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > limit) throw tooLarge(how, limit);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("invalid", "The body broke off, or is not what its encoding says.", { cause });
  }
  return Buffer.concat(chunks);
}

function tooLarge(how: string, limit: number) {
  return new AppError(
    "too-large",
    `The request's ${how}body is larger than this server takes (${limit} bytes); send less at a time.`,
  );
}

/** The value of a JSON body; throws `invalid`. Text that PostgreSQL cannot hold is made text that it can. */
export function parseJson(body: Buffer): unknown {
  const text = body.toString("utf8");
  try {
    // NUL and lone surrogates are JSON, and no database text.
    return /\\u(0000|d[89a-f])/i.test(text) ? JSON.parse(text, storable) : JSON.parse(text);
  } catch (cause) {
    throw new AppError("invalid", "The request's body is not JSON.", { cause });
  }
}

function storable(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.replaceAll("\0", "\uFFFD").toWellFormed() : value;
}

/** A value as its schema has it; throws `invalid` naming each wrong field by its path. */
export function parseWith<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalid(parsed.error);
  return parsed.data;
}
