/**
 * Runs `work` on every item, at most `width` at a time, and answers in the items' order. Once one throws, no
 * other is begun; it throws when those under way have ended.
 */
export async function parallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const thrown: unknown[] = [];
  let next = 0;
  const run = async () => {
    for (let index = next++; index < items.length && thrown.length === 0; index = next++)
      try {
        results[index] = await work(items[index] as T);
      } catch (error) {
        thrown.push(error);
      }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, run));
  if (thrown.length > 0) throw thrown[0];
  return results;
}
