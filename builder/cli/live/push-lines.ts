import type { PushDone, PushProgress, Reporter } from '../../reporter.js';
import { formatCount, formatSize, formatTable, oneLine } from '../text/format.js';
import type { LiveLine } from './live-line.js';
import type { Status } from '../text/step-status.js';

interface Output {
  readonly live: LiveLine;
  /** Ends the live line. */
  line(status: Status, ms: number, name: string): void;
  /** Leaves the live line alive below. */
  lineAbove(status: Status, ms: number, name: string): void;
  note(text: string): void;
}

type PushLines = Pick<Reporter, 'pushStarted' | 'pushProgress' | 'pushDone' | 'scanStarted' | 'scanDone'>;

const words = { uploaded: 'sent', mounted: 'mounted', existing: 'there' } as const;

/** A line for each blob that a push sends, with its rate; meanwhile the live line tells how far all of them are. */
export function pushLines({ live, line, lineAbove, note }: Output): PushLines {
  let going = new Map<string, { readonly since: number; done: number; readonly size: number }>();
  const begin = ({ names }: { readonly names: readonly string[] }): void => {
    going = new Map();
    live.start(`push ${names.join(', ')}`);
  };
  const progress = ({ digest, name, size, done, state }: PushProgress): void => {
    const blob = going.get(digest) ?? { since: performance.now(), done, size };
    blob.done = done;
    going.set(digest, blob);
    const ms = performance.now() - blob.since;
    if (state === 'uploading') return live.said(formatGoing(going));
    going.delete(digest);
    const rate = state === 'uploaded' && ms > 0 ? `, ${formatSize(Math.round((size / ms) * 1000))}/s` : '';
    lineAbove(words[state], ms, `${oneLine(name)}: ${formatSize(size)}${rate}`);
  };
  return {
    pushStarted: begin,
    pushProgress: progress,
    pushDone: (event) => line('pushed', event.ms, `${event.names.join(', ')}: ${formatDone(event)}`),
    scanStarted: ({ repository }) => live.start(`scan of ${repository}`),
    scanDone({ findings, ms }) {
      line('scanned', ms, findings.length === 0 ? 'nothing found' : formatCount(findings.length, 'finding'));
      if (findings.length > 0) note(formatFindings(findings).join('\n'));
    },
  };
}

/** "3 blobs, 45.1 MB of 103.9 MB, 88.0 MB/s" */
function formatGoing(
  going: ReadonlyMap<string, { readonly since: number; readonly done: number; readonly size: number }>,
): string {
  const blobs = [...going.values()];
  const sum = (key: 'done' | 'size') => blobs.reduce((total, blob) => total + blob[key], 0);
  const ms = performance.now() - Math.min(...blobs.map(({ since }) => since));
  const rate = ms > 0 ? `, ${formatSize(Math.round((sum('done') / ms) * 1000))}/s` : '';
  return `${formatCount(blobs.length, 'blob')}, ${formatSize(sum('done'))} of ${formatSize(sum('size'))}${rate}`;
}

function formatDone({ uploaded, mounted, existing, bytes }: PushDone): string {
  if (uploaded + mounted === 0) return 'all of it was there';
  const parts = [
    ...(uploaded > 0 ? [`${formatCount(uploaded, 'blob')} sent (${formatSize(bytes)})`] : []),
    ...(mounted > 0 ? [`${mounted} mounted`] : []),
    ...(existing > 0 ? [`${existing} there`] : []),
  ];
  return parts.join(', ');
}

function formatFindings(findings: Parameters<Reporter['scanDone']>[0]['findings']): string[] {
  const rows = findings.map(({ severity, name, package: what = '', version = '', fixedIn = '' }) =>
    [severity.toLowerCase(), name, what, version, fixedIn].map(oneLine),
  );
  return formatTable([['severity', 'finding', 'package', 'version', 'fixed in'], ...rows], 'lllll');
}
