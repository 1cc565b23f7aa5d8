import type { IncomingMessage } from "node:http";
import { constants, createGunzip } from "node:zlib";
import type { z } from "zod";
import { AppError } from "../errors.ts";
import { invalid } from "../http/respond.ts";

/** How large a body may be as it comes, and after decompression. */
export type Limits = { wireBytes: number; bytes: number };

/** A body that was not taken, with its beginning: enough to see whom it was about. */
export class BodyError extends AppError {
  readonly beginning: string;

  constructor(error: AppError, beginning: Buffer) {
    super(error.code, error.message, { cause: error.cause });
    this.beginning = beginning.subarray(0, beginningBytes).toString("utf8");
  }
}

const beginningBytes = 256 * 1024;

/** Reads a whole body within its limits; throws `too-large` or `invalid` without reading on. */
export async function readBody(request: IncomingMessage, limits: Limits): Promise<Buffer> {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "gzip" && encoding !== "identity")
    throw new AppError(
      "invalid",
      `The body's encoding "${encoding.slice(0, 40)}" is not known here; send gzip or none.`,
    );
  const wire = await collect(request, limits.wireBytes, encoding === "gzip" ? "compressed " : "");
  if (encoding === "identity") {
    if (wire.failed) throw new BodyError(wire.failed, wire.bytes);
    return wire.bytes;
  }
  const gunzip = createGunzip(wire.failed ? { finishFlush: constants.Z_SYNC_FLUSH } : {});
  gunzip.end(wire.failed ? wire.bytes.subarray(0, beginningBytes) : wire.bytes);
  const plain = await collect(gunzip, limits.bytes, "decompressed ");
  const failed = wire.failed ?? plain.failed;
  if (failed) throw new BodyError(failed, plain.bytes);
  return plain.bytes;
}

type Collected = { bytes: Buffer; failed: AppError | null };

async function collect(stream: AsyncIterable<Buffer>, limit: number, how: string): Promise<Collected> {
  const chunks: Buffer[] = [];
  const done = (failed: AppError | null) => ({ bytes: Buffer.concat(chunks), failed });
  let size = 0;
  try {
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > limit) return done(tooLarge(how, limit));
      chunks.push(chunk);
    }
  } catch (cause) {
    return done(new AppError("invalid", "The body broke off, or is not what its encoding says.", { cause }));
  }
  return done(null);
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
    throw new BodyError(new AppError("invalid", "The request's body is not JSON.", { cause }), body);
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
