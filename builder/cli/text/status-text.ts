import type { PartStatus, PlatformStatus, ServiceStatus } from '../../platform/platform-status.js';
import { formatAge, formatSize, formatTable } from './format.js';
import type { Colour, Palette } from './palette.js';

const colours: Readonly<Record<PartStatus['state'], Colour>> = {
  healthy: 'green',
  present: 'green',
  starting: 'yellow',
  draining: 'yellow',
  unhealthy: 'red',
  stopped: 'red',
  missing: 'red',
};

/** A tree of the platform's parts: state, image, address, age, and what each uses. */
export function formatStatus(status: PlatformStatus, paint: Palette): string {
  const { environment, address, parts, service } = status;
  if (parts.length === 0 && service === undefined)
    return `${environment} is not there: npm run provision brings it up.\n`;
  const containers = parts.filter(({ type }) => type === 'container');
  const others = parts.filter(({ type }) => type !== 'container').sort(byName);
  const last = (index: number, of: readonly unknown[]): boolean => index === of.length - 1;
  const rows = [
    ...(service?.tasks ?? []).map((task, index, all) =>
      row(`│  ${last(index, all) ? '└─' : '├─'}`, task, `revision ${task.revision}`),
    ),
    ...containers.map((part, index) =>
      row(last(index, containers) && others.length === 0 ? '└─' : '├─', part, ''),
    ),
  ];
  const table = formatTable(rows, 'llllllrrr');
  const tasks = table.slice(0, service?.tasks.length ?? 0);
  const coloured = (line: string, part: PartStatus | undefined): string =>
    part === undefined ? line : line.replace(part.state, (word) => paint(colours[part.state], word));
  return [
    `${paint('bold', environment)}${address === undefined ? '' : `  ${address}`}`,
    ...(service === undefined ? [] : serviceLines(service, paint)),
    ...tasks.map((line, index) => coloured(line, service?.tasks[index])),
    ...table.slice(tasks.length).map((line, index) => coloured(line, containers[index])),
    ...others.map((part, index) => paint('dim', `${last(index, others) ? '└─' : '├─'} ${otherWords(part)}`)),
    '',
  ].join('\n');
}

function byName(a: PartStatus, b: PartStatus): number {
  return `${a.type} ${a.name}`.localeCompare(`${b.type} ${b.name}`);
}

/** "volume database", "network 10.213.0.0/24". */
function otherWords({ name, type, detail }: PartStatus): string {
  return [type, ...(name === type ? [] : [name]), ...(detail === undefined ? [] : [detail])].join(' ');
}

function serviceLines(
  { name, desired, running, healthy, revision, digest, wanted }: ServiceStatus,
  paint: Palette,
): string[] {
  const state = healthy >= desired && desired > 0 ? 'green' : 'red';
  const counts = paint(state, `${healthy} of ${desired} healthy`);
  const runs =
    revision === undefined
      ? 'no revision has been deployed yet'
      : `revision ${revision} (${shortDigest(digest)})`;
  return [
    `├─ ${name}: ${counts}, ${running} running, ${runs}`,
    ...(wanted === undefined
      ? []
      : [
          paint(
            'red',
            `│  wanted: revision ${wanted.revision} (${shortDigest(wanted.digest)}): ${wanted.reason}`,
          ),
        ]),
  ];
}

function row(branch: string, part: PartStatus, note: string): string[] {
  const {
    name,
    state,
    detail,
    digest,
    address,
    ageSeconds,
    requestsPerSecond: rate,
    processors,
    memory,
  } = part;
  return [
    `${branch} ${name}`,
    state,
    shortDigest(digest),
    address ?? '',
    ageSeconds === undefined ? '' : formatAge(ageSeconds),
    [note, detail ?? ''].filter((text) => text !== '').join(', '),
    rate === undefined ? '' : `${rate.toFixed(rate < 10 ? 1 : 0)} req/s`,
    processors === undefined ? '' : `${(processors * 100).toFixed(0)} % CPU`,
    memory === undefined ? '' : formatSize(memory),
  ];
}

function shortDigest(digest = ''): string {
  return digest.replace('sha256:', '').slice(0, 12);
}
