import type { OutputPiece } from './demux.js';

/** A line of a container's output. */
export interface LogLine {
  readonly channel: 'stdout' | 'stderr';
  /** The engine's timestamp: RFC 3339 with nanoseconds. */
  readonly time: string;
  readonly text: string;
}

/** Takes logs with time stamps apart into lines; the last may be unfinished. */
export async function* logLines(pieces: AsyncIterable<OutputPiece>): AsyncGenerator<LogLine> {
  const rest: Record<LogLine['channel'], string> = { stdout: '', stderr: '' };
  for await (const { channel, bytes } of pieces) {
    const lines = (rest[channel] + bytes.toString('utf8')).split('\n');
    rest[channel] = lines.pop() ?? '';
    for (const line of lines) yield parseLine(channel, line);
  }
  for (const channel of ['stdout', 'stderr'] as const)
    if (rest[channel] !== '') yield parseLine(channel, rest[channel]);
}

function parseLine(channel: LogLine['channel'], line: string): LogLine {
  const at = line.indexOf(' ');
  // A terminal ends its lines with both.
  return { channel, time: line.slice(0, at), text: line.slice(at + 1).replace(/\r$/, '') };
}
