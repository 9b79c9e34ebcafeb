import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { BuilderError } from '../../errors.js';
import type { Environment } from '../../environment.js';

/** A failed command: its exit code and its last lines of error output. */
export interface CommandFailure {
  readonly exitCode: number;
  readonly lastLines: string;
}

export interface Supervision {
  readonly environment: Environment;
  /** The command's `TMPDIR`, removed when it ends. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
  explain(failure: CommandFailure): Error;
}

/**
 * Runs "$@" and removes $TMPDIR after it. Standard input ends when the builder ends, even if it is killed. Then all
 * processes of the group are asked to clean up, and killed ten seconds later. The last signal ends the watcher's
 * `cat` or `sleep`. mmdebstrap sends SIGHUP to its whole group if nobody reads its output.
 */
const supervisor = `
trap : TERM HUP
exec 3<&0
( trap : TERM HUP; cat <&3; kill -TERM 0; sleep 10; kill -KILL 0 ) >/dev/null 2>&1 &
watcher=$!
"$@" </dev/null 3<&- &
main=$!
while :; do
  wait "$main"; status=$?
  kill -0 "$main" 2>/dev/null || break
done
rm -rf --one-file-system -- "$TMPDIR"
kill -KILL "$watcher"
kill -TERM 0
exit "$status"
`;

const keptLines = 15;

/** Streams a command's output. The command and all its processes end with the builder, or when the caller stops reading. */
export async function* superviseCommand(
  argv: readonly string[],
  { environment, folder, signal, explain }: Supervision,
): AsyncGenerator<Buffer> {
  const child = spawn('/bin/sh', ['-c', supervisor, 'sh', ...argv], {
    env: { ...environment, TMPDIR: folder },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const stop = () => child.stdin.end();
  signal?.addEventListener('abort', stop, { once: true });
  let complaints = '';
  child.stderr.on('data', (chunk) => (complaints = (complaints + String(chunk)).slice(-20_000)));
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const exitCode = (await ended)[0] ?? 255;
    if (signal?.aborted) throw new BuilderError('Interrupted', { code: 'interrupted' });
    if (exitCode !== 0) throw explain({ exitCode, lastLines: lastLines(complaints) });
  } finally {
    signal?.removeEventListener('abort', stop);
    child.stdin.on('error', () => undefined).end();
    child.stdout.destroy();
    await ended;
  }
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-keptLines).join('\n');
}
