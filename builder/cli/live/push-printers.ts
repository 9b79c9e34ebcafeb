import type { PushDone, PushEvent, PushProgress } from '../../push-event.js';
import { formatCount, formatSize, formatTable, oneLine } from '../text/format.js';
import type { Output, Printers } from './printers.js';

const words = { uploaded: 'sent', mounted: 'mounted', existing: 'there' } as const;

type ScanDone = Extract<PushEvent, { kind: 'scan-done' }>;

interface Going {
  readonly since: number;
  readonly done: number;
  readonly size: number;
}

/** Prints a line for each blob that a push sends, with its rate; the live line shows the total progress. */
export function pushPrinters(output: Output): Printers<PushEvent['kind']> {
  const { live, line, note } = output;
  const going = new Map<string, Going>();
  return {
    'push-started': ({ names }) => {
      going.clear();
      live.start(`push ${names.join(', ')}`);
    },
    'push-progress': (event) => printBlob(event, going, output),
    'push-done': (event) => line('pushed', event.ms, `${event.names.join(', ')}: ${formatDone(event)}`),
    'scan-started': ({ repository }) => live.start(`scan of ${repository}`),
    'scan-done': ({ findings, ms }) => {
      line('scanned', ms, findings.length === 0 ? 'nothing found' : formatCount(findings.length, 'finding'));
      if (findings.length > 0) note(formatFindings(findings).join('\n'));
    },
  };
}

function printBlob(
  { digest, name, size, done, state }: PushProgress,
  going: Map<string, Going>,
  { live, lineAbove }: Output,
): void {
  const since = going.get(digest)?.since ?? performance.now();
  going.set(digest, { since, done, size });
  if (state === 'uploading') return live.said(formatGoing(going));
  going.delete(digest);
  const ms = performance.now() - since;
  const rate = state === 'uploaded' && ms > 0 ? `, ${formatSize(Math.round((size / ms) * 1000))}/s` : '';
  lineAbove(words[state], ms, `${oneLine(name)}: ${formatSize(size)}${rate}`);
}

/** "3 blobs, 45.1 MB of 103.9 MB, 88.0 MB/s" */
function formatGoing(going: ReadonlyMap<string, Going>): string {
  const blobs = [...going.values()];
  const sum = (key: 'done' | 'size') => blobs.reduce((total, blob) => total + blob[key], 0);
  const ms = performance.now() - Math.min(...blobs.map(({ since }) => since));
  const rate = ms > 0 ? `, ${formatSize(Math.round((sum('done') / ms) * 1000))}/s` : '';
  return `${formatCount(blobs.length, 'blob')}, ${formatSize(sum('done'))} of ${formatSize(sum('size'))}${rate}`;
}

function formatDone({ uploaded, mounted, existing, bytes }: PushDone): string {
  if (uploaded + mounted === 0) return 'the registry already had everything';
  const parts = [
    ...(uploaded > 0 ? [`${formatCount(uploaded, 'blob')} sent (${formatSize(bytes)})`] : []),
    ...(mounted > 0 ? [`${mounted} mounted`] : []),
    ...(existing > 0 ? [`${existing} there`] : []),
  ];
  return parts.join(', ');
}

function formatFindings(findings: ScanDone['findings']): string[] {
  const rows = findings.map(({ severity, name, package: what = '', version = '', fixedIn = '' }) =>
    [severity.toLowerCase(), name, what, version, fixedIn].map(oneLine),
  );
  return formatTable([['severity', 'finding', 'package', 'version', 'fixed in'], ...rows], 'lllll');
}
