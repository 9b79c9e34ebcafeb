/**
 * Runs `work` on all items in order, at most `limit` at once. After a failure no further item starts, `abort` is called to stop
 * the running ones, and once all have ended the first failure is thrown.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  { limit, abort }: { readonly limit: number; readonly abort?: ((reason: unknown) => void) | undefined },
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      try {
        results[index] = await work(items[index] as Item);
      } catch (error) {
        failures.push(error);
        abort?.(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
