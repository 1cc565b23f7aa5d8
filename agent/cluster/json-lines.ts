/**
 * Splits a byte stream into the JSON values of its lines, whatever way the chunks fall. A line longer than
 * `maxBytes` throws, so that a hostile or broken server cannot exhaust the agent's memory.
 */
export async function* jsonLines(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<unknown> {
  let parts: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, end));
      const line = Buffer.concat(parts).toString("utf8");
      parts = [];
      held = 0;
      start = end + 1;
      if (line.trim()) yield parseLine(line);
    }
    if (start < chunk.length) {
      held += chunk.length - start;
      if (held > maxBytes) throw new RangeError(`a watch event is larger than ${maxBytes} bytes`);
      parts.push(chunk.subarray(start));
    }
  }
  const rest = Buffer.concat(parts).toString("utf8");
  if (rest.trim()) yield parseLine(rest);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // The parser's own message quotes the line, and the line may be a Secret.
    throw new RangeError("a watch event is not JSON");
  }
}
