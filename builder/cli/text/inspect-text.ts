import type { InspectedImage, InspectedLayer } from '../../run/inspect-image.js';
import { formatCount, formatSize, formatTable, oneLine, truncate } from './format.js';
import type { Palette } from './palette.js';

type Run = InspectedImage['run'];

const nameWidth = 56;

/** An image for people: what it is, its layers, how its containers run. */
export function formatInspection(image: InspectedImage, paint: Palette): string {
  return [
    ...heading(image, paint),
    '',
    ...layerTable(image),
    ...section('run', settings(image.run), paint),
    ...section('environment', Object.entries(image.run.environment ?? {}), paint),
    ...section('labels', Object.entries(image.run.labels ?? {}), paint),
    '',
  ].join('\n');
}

const places: Readonly<Record<InspectedImage['from'], string>> = {
  build: 'last build, in the cache',
  layout: 'in an OCI layout',
  docker: 'in Docker',
  registry: 'in a registry',
};

function heading(image: InspectedImage, paint: Palette): string[] {
  const { manifest, index, config, created } = image;
  const rows: [string, string][] = [
    ['platform', image.platform],
    ...(index === null ? [] : [['of', index.platforms.join(', ')] satisfies [string, string]]),
    ['created', created === null ? 'unknown' : oneLine(created)],
    ...(index === null ? [] : [['index', index.digest] satisfies [string, string]]),
    ...(manifest === null ? [] : [['digest', manifest.digest] satisfies [string, string]]),
    ['config', config],
    ...(manifest === null ? [] : [['type', manifest.mediaType] satisfies [string, string]]),
  ];
  const title = `${paint('bold', oneLine(image.image))}, ${places[image.from]}`;
  return [title, ...formatTable(rows, 'll').map((line) => `  ${line}`)];
}

function layerTable({ layers, size, unpacked }: InspectedImage): string[] {
  const unknown = '';
  const cell = (bytes: number | null) => (bytes === null ? unknown : formatSize(bytes));
  const row = ({ name, size: blob, unpacked: tar, digest, diffId }: InspectedLayer) => [
    truncate(oneLine(name), nameWidth),
    cell(blob),
    cell(tar),
    (digest ?? diffId).slice('sha256:'.length, 'sha256:'.length + 12),
  ];
  const rows = [
    ['layer', size === null ? '' : 'size', 'unpacked', layers[0]?.digest === null ? 'diffID' : 'digest'],
    ...layers.map(row),
    ['total', cell(size), cell(unpacked), formatCount(layers.length, 'layer')],
  ];
  // Columns of which nothing is known are left out.
  const known = [0, 1, 2, 3].filter((column) => rows.slice(1).some((cells) => cells[column] !== unknown));
  return formatTable(
    rows.map((cells) => known.map((column) => cells[column] ?? '')),
    known.map((column) => 'lrrl'[column]).join(''),
  );
}

function settings(run: Run): [string, string][] {
  const { healthCheck } = run;
  const words = (list: readonly string[] | undefined) =>
    list?.length ? list.map(quoted).join(' ') : undefined;
  const rows: [string, string | undefined][] = [
    ['entrypoint', words(run.entrypoint)],
    ['command', words(run.command)],
    ['user', run.user],
    ['folder', run.workingDirectory],
    ['ports', words(run.ports)],
    ['volumes', words(run.volumes)],
    ['stop signal', run.stopSignal],
    ['health', healthCheck && healthWords(healthCheck)],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

function healthWords(check: NonNullable<Run['healthCheck']>): string {
  const parts = [
    check.command.map(quoted).join(' '),
    check.intervalSeconds === undefined ? '' : `every ${check.intervalSeconds} s`,
    check.timeoutSeconds === undefined ? '' : `within ${check.timeoutSeconds} s`,
    check.startPeriodSeconds === undefined ? '' : `from ${check.startPeriodSeconds} s on`,
    check.retries === undefined ? '' : formatCount(check.retries, 'retry').replace('retrys', 'retries'),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** As a shell would take it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function section(title: string, rows: readonly (readonly [string, string])[], paint: Palette): string[] {
  if (rows.length === 0) return [];
  const plain = rows.map(([name, value]) => [oneLine(name), oneLine(value)]);
  return ['', paint('bold', title), ...formatTable(plain, 'll').map((line) => `  ${line}`)];
}
