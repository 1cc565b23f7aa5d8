/**
 * An answer that is written as it is read, so that its length costs no memory: the next part is asked for once the
 * receiver has taken the one before. Whoever goes away ends the source.
 */
export function streamResponse(
  parts: AsyncGenerator<string>,
  headers: { "content-type": string; "content-disposition"?: string },
): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: () => void parts.return(undefined),
  });
  // Compressing would hold parts back until there is enough of them.
  return new Response(body, {
    headers: { ...headers, "cache-control": "no-store, no-transform", "x-content-type-options": "nosniff" },
  });
}

/** Values as JSON lines. */
export async function* jsonLines(values: AsyncGenerator<unknown>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}
