import type { FileDifference } from '../../run/compare-files.js';
import type { DiffedImage, ImageDifference, ValueDifference } from '../../run/diff-images.js';
import { type FoldedDifference, foldFiles } from './fold-files.js';
import { formatCount, formatSize, formatTable, oneLine, truncate } from './format.js';
import type { Colour, Palette } from './palette.js';

/** So many lines of each kind are shown, unless all are wanted. */
const mostLines = 20;
const valueWidth = 60;

/** In what two images differ, for people: short, unless `all` is wanted. */
export function formatDifference(
  found: ImageDifference,
  { all, paint }: { all: boolean; paint: Palette },
): string {
  const { before, after, configuration, packages, files, same } = found;
  const blocks = [
    [paint('red', `--- ${imageLine(before)}`), paint('green', `+++ ${imageLine(after)}`)],
    same ? [sameWords(found)] : [],
    same ? [] : layerLines(found, paint),
    section('configuration', valueRows(configuration, quoted), { all, paint }),
    section(`packages: ${counts(packages)}`, valueRows(packages.differences, String), { all, paint }),
    fileSection(files, { all, paint }),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function sameWords({ before, after }: ImageDifference): string {
  return before.digest === after.digest && before.config === after.config
    ? 'Both are the same image.'
    : 'Both have the same contents, in the same layers.';
}

function imageLine({ image, digest, config, layers }: DiffedImage): string {
  const size = layers.reduce<number | null>((sum, one) => add(sum, one.size), 0);
  const parts = [formatCount(layers.length, 'layer'), ...(size === null ? [] : [formatSize(size)])];
  return `${oneLine(image)}  ${digest ?? `config ${config}`}  ${parts.join(', ')}`;
}

function add(one: number | null, two: number | null): number | null {
  return one === null || two === null ? null : one + two;
}

type Mark = '+' | '-' | '~';
type Row = readonly [mark: Mark, ...cells: string[]];

const colours: Readonly<Record<Mark, Colour>> = { '+': 'green', '-': 'red', '~': 'yellow' };

function layerLines({ before, after }: ImageDifference, paint: Palette): string[] {
  const own = (image: DiffedImage, mark: Mark) =>
    image.layers
      .filter(({ shared }) => !shared)
      .map(({ name, size }): Row => [
        mark,
        truncate(oneLine(name), valueWidth),
        size === null ? '' : formatSize(size),
      ]);
  const shared = after.layers.filter((layer) => layer.shared).length;
  const rows = [...own(before, '-'), ...own(after, '+')];
  return section(`layers: ${shared} shared`, rows, { all: true, paint });
}

const order = ['changed', 'added', 'removed'] as const;

function fileSection(
  { same, differences }: ImageDifference['files'],
  { all, paint }: { all: boolean; paint: Palette },
): string[] {
  const aged = differences.filter(({ changes }) => changes.length === 1 && changes[0] === 'time');
  const real = all ? differences : differences.filter((one) => !aged.includes(one));
  if (differences.length === 0) return [];
  const told = differences.filter((one) => !aged.includes(one));
  const parts = order
    .map((kind) => [kind, told.filter((one) => one.kind === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`);
  const times = aged.length === 0 ? [] : [`${aged.length} with only another time`];
  const bytes = told.reduce((sum, { before, after }) => sum + (after ?? 0) - (before ?? 0), 0);
  const more = bytes === 0 ? [] : [`${formatSize(Math.abs(bytes))} ${bytes > 0 ? 'more' : 'less'}`];
  const title = `files: ${[...parts, ...times, `${same} the same`, ...more].join(', ')}`;
  return section(title, (all ? real.map(unfolded) : foldFiles(real)).map(fileRow), { all, paint });
}

function unfolded(one: FileDifference): FoldedDifference {
  return { ...one, below: 0 };
}

const marks: Readonly<Record<FileDifference['kind'], Mark>> = { added: '+', removed: '-', changed: '~' };

function fileRow({ kind, path, type, before, after, changes, layer, below }: FoldedDifference): Row {
  const shown = oneLine(path) + (type === 'directory' && path !== '/' ? '/' : '');
  const size = kind === 'changed' ? sizeChange(before, after) : (after ?? before ?? '');
  const also = changes.filter((change) => change !== 'content' || before === after).join(', ');
  const inIt = below === 0 ? '' : `${below} in it`;
  return [
    marks[kind],
    shown,
    typeof size === 'number' ? formatSize(size) : size,
    [also, inIt].filter((part) => part !== '').join(', '),
    oneLine(layer),
  ];
}

function sizeChange(before: number | null, after: number | null): string {
  if (before === null || after === null) return '';
  if (before === after) return formatSize(after);
  const [one, two] = [formatSize(before), formatSize(after)];
  return one === two ? `${before} → ${after} B` : `${one} → ${two}`;
}

function valueRows(differences: readonly ValueDifference[], show: (text: string) => string): Row[] {
  return differences.map(({ name, before, after }): Row => {
    const texts = [before, after].filter((text) => text !== null).map((text) => oneLine(show(text)));
    return [before === null ? '+' : after === null ? '-' : '~', oneLine(name), texts.join(' → ')];
  });
}

function quoted(text: string): string {
  return truncate(/^[[{]/.test(text) ? text : JSON.stringify(text), valueWidth);
}

function counts({ same, differences }: ImageDifference['packages']): string {
  const of = (test: (one: ValueDifference) => boolean) => differences.filter(test).length;
  const parts: [number, string][] = [
    [of(({ before, after }) => before !== null && after !== null), 'other versions'],
    [of(({ before }) => before === null), 'added'],
    [of(({ after }) => after === null), 'removed'],
    [same, 'the same'],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}

function section(
  title: string,
  rows: readonly Row[],
  { all, paint }: { all: boolean; paint: Palette },
): string[] {
  if (rows.length === 0) return [];
  const shown = all || rows.length <= mostLines + 1 ? rows : rows.slice(0, mostLines);
  const width = Math.max(...shown.map((row) => row.length));
  const lines = formatTable(
    shown.map(([, ...cells]) => cells),
    'l'.repeat(width - 1),
  );
  const left = rows.length - shown.length;
  return [
    paint('bold', title),
    ...lines.map((line, index) => paint(colours[shown[index]?.[0] ?? '~'], `${shown[index]?.[0]} ${line}`)),
    ...(left > 0 ? [paint('dim', `… and ${left} more: --all shows them`)] : []),
  ];
}
