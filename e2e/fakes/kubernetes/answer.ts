import type { ServerResponse } from "node:http";
import type { JsonMap } from "./json.ts";

/** What a request is answered with: a document, plain text, or lines as they come. */
export type Answer =
  | { code: number; body: JsonMap | string; mediaType: string }
  | {
      /** Starts the stream and returns how to stop it; it may end by itself. */
      stream: (write: (line: string) => void, end: () => void) => () => void;
    };

/** An answer with a JSON document or a text. */
export function answer(code: number, body: JsonMap | string, mediaType?: string): Answer {
  const usual = typeof body === "string" ? "text/plain; charset=utf-8" : "application/json";
  return { code, body, mediaType: mediaType ?? usual };
}

/** Sends an answer, with warnings as the API's Warning headers. */
export function send(response: ServerResponse, result: Answer, warnings: string[]): void {
  const warning = [...new Set(warnings)].map((text) => `299 - ${JSON.stringify(text)}`);
  if (warning.length > 0) response.setHeader("Warning", warning);
  response.setHeader("cache-control", "no-cache, private");
  if ("stream" in result) {
    openStream(response, result.stream);
    return;
  }
  response.writeHead(result.code, { "content-type": result.mediaType });
  response.end(typeof result.body === "string" ? result.body : JSON.stringify(result.body));
}

/** Headers are sent once the stream has started: what it throws then still becomes a Status. */
function openStream(response: ServerResponse, stream: Extract<Answer, { stream: unknown }>["stream"]): void {
  const early: string[] = [];
  let isOpen = false;
  let isOver = false;
  const stop = stream(
    (line) => {
      if (isOpen) response.write(line);
      else early.push(line);
    },
    () => {
      isOver = true;
      if (isOpen) response.end();
    },
  );
  response.writeHead(200, { "content-type": "application/json" });
  response.flushHeaders();
  for (const line of early) response.write(line);
  isOpen = true;
  if (isOver) response.end();
  response.on("close", stop);
}
