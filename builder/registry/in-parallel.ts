/**
 * Does the work for all items, so many at once, in their order. When one fails, no further one begins, `abort` ends those that
 * run, and once all have ended the first failure is thrown.
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
