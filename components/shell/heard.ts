import type { QueryClient, QueryKey } from "@tanstack/react-query";

/** What a page brings is read over a while, and marked with the end of it. */
const marginMs = 1000;

/**
 * Remembers when something was last heard of each noun, so that what a page brings is old from its beginning where it
 * was read before: asked for while the pointer rested on a link, or kept by the router. Keys are `[org, noun, …]`.
 * `ahead` is by how many milliseconds the server's clock is ahead of the browser's.
 */
export function openHeard(client: QueryClient, org: string) {
  const heardAt = new Map<string, number>();
  const isOld = ([where, noun]: QueryKey, readAt: number) =>
    where === org && (heardAt.get(String(noun)) ?? 0) + marginMs > readAt;
  const close = client.getQueryCache().subscribe((event) => {
    const brought = event.type === "added" || (event.type === "updated" && event.action.type === "setState");
    const { queryKey, state } = event.query;
    if (!brought || state.data === undefined || !isOld(queryKey, state.dataUpdatedAt)) return;
    // A page is being drawn just now.
    queueMicrotask(() => void client.invalidateQueries({ queryKey, exact: true }));
  });
  return {
    heard(noun: string, at: number): void {
      heardAt.set(noun, Math.max(at, heardAt.get(noun) ?? 0));
    },
    close,
  };
}
