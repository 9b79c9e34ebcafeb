/** One piece of work, and the names of those that must be done before it. */
export interface Ordered {
  readonly name: string;
  readonly dependsOn: readonly string[];
}

/**
 * Does each piece of work as soon as those that it depends on are done, so that the whole takes as long as its longest chain.
 * Names that are not among the pieces count as done. After a failure nothing more is begun; what is under way ends first.
 * @throws what the first piece that failed threw
 */
export async function inOrder<Piece extends Ordered>(
  pieces: readonly Piece[],
  work: (piece: Piece) => Promise<unknown>,
): Promise<void> {
  const names = new Set(pieces.map(({ name }) => name));
  const waiting = new Set(pieces);
  const done = new Set<string>();
  const running = new Map<string, Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const isReady = ({ dependsOn }: Piece): boolean =>
    dependsOn.every((name) => done.has(name) || !names.has(name));
  const begin = async (piece: Piece): Promise<void> => {
    try {
      await work(piece);
      done.add(piece.name);
    } catch (error) {
      failure ??= { error };
    }
    running.delete(piece.name);
  };
  for (;;) {
    if (failure === undefined)
      for (const piece of [...waiting].filter(isReady)) {
        waiting.delete(piece);
        running.set(piece.name, begin(piece));
      }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (failure !== undefined) throw failure.error;
}
