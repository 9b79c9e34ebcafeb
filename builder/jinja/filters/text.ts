import { entriesOf, integer, isDict, isTrue, str, text } from '../python/python-value.js';
import type { FilterTable } from '../python/jinja-environment.js';
import { within } from '../python/limits.js';
import { capitalize, center, replaceText, split, splitLines, strip } from '../python/methods-of-text.js';
import { percentFormat } from '../python/python-format.js';
import { sequence, type Mapping } from '../python/python-value.js';
import { TemplateError } from '../template-error.js';
import { wrapText } from '../python/text-wrap.js';
import { prettyPrint } from '../python/pretty-print.js';

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
};
const escapeHtml = (value: unknown): string => str(value).replace(/[&<>'"]/g, (c) => HTML[c] ?? c);

/** Jinja's `title`: words begin after spaces, brackets and hyphens. */
const titleCase = (value: string): string =>
  value
    .split(/([-\s({[<]+)/)
    .filter((part) => part !== '')
    .map(capitalize)
    .join('');

function indent(value: string, width: unknown, first: boolean, blank: boolean): string {
  const pad = typeof width === 'string' ? width : ' '.repeat(within(integer(width), 10_000));
  const lines = splitLines(`${value}\n`);
  within(lines.length * pad.length + value.length);
  const [head = '', ...rest] = lines;
  const body = [head, ...rest.map((line) => (line === '' && !blank ? line : pad + line))].join('\n');
  return first ? pad + body : body;
}

interface TruncateOptions {
  readonly length: number;
  readonly kill: boolean;
  readonly end: string;
  readonly leeway: number;
}

function truncate(value: string, { length, kill, end, leeway }: TruncateOptions): string {
  if (length < end.length) throw new TemplateError(`"truncate" needs a length of ${end.length} at least`);
  const all = [...value];
  if (all.length <= length + leeway) return value;
  const kept = all.slice(0, length - end.length).join('');
  const space = kept.lastIndexOf(' ');
  return (kill || space < 0 ? kept : kept.slice(0, space)) + end;
}

interface CommentStyle {
  readonly decoration: string;
  readonly beginning?: string;
  readonly end?: string;
}
const commentStyles: Readonly<Record<string, CommentStyle>> = {
  plain: { decoration: '# ' },
  erlang: { decoration: '% ' },
  c: { decoration: '// ' },
  cblock: { beginning: '/*', decoration: ' * ', end: ' */' },
  xml: { beginning: '<!--', decoration: ' - ', end: '-->' },
};

/** Like `comment` in ansible/plugins/filter/core.py. */
function comment(value: string, styleName: string, options: Mapping): string {
  const style = Object.hasOwn(commentStyles, styleName) ? commentStyles[styleName] : undefined;
  if (!style)
    throw new TemplateError(
      `There is no comment style "${styleName}"`,
      `The styles are: ${Object.keys(commentStyles).join(', ')}.`,
    );
  const edge = str(options['decoration'] ?? style.decoration).trimEnd();
  const base = {
    newline: '\n',
    beginning: '',
    prefix: edge,
    prefix_count: 1,
    postfix: edge,
    postfix_count: 1,
    end: '',
    ...style,
  };
  const all: Record<string, unknown> = { ...base, ...options };
  const part = (name: string): string => str(all[name]);
  const times = (name: string): number => within(integer(all[name]), 1000);
  const newline = part('newline');
  const decoration = part('decoration');
  const body = decoration + value.replaceAll(newline, () => newline + decoration);
  const prefix = part('prefix') === newline ? newline : `${part('prefix')}${newline}`;
  return [
    part('beginning') === '' ? '' : part('beginning') + newline,
    part('prefix') === '' ? '' : prefix.repeat(times('prefix_count')),
    body.replaceAll(decoration + newline, () => decoration.trimEnd() + newline),
    `${newline}${part('postfix')}`.repeat(times('postfix_count')),
    part('end') === '' ? '' : newline + part('end'),
  ].join('');
}

function attributes(value: unknown, space: boolean): string {
  if (!isDict(value)) throw new TemplateError('"xmlattr" needs a mapping');
  const pairs = entriesOf(value).filter(([, item]) => item !== null && item !== undefined);
  const made = pairs.map(([key, item]) => {
    if (/[\s/>=]/.test(str(key))) throw new TemplateError(`"${str(key)}" is not a name of an attribute`);
    return `${escapeHtml(key)}="${escapeHtml(item)}"`;
  });
  return (space && made.length > 0 ? ' ' : '') + made.join(' ');
}

const stripTags = (value: string): string =>
  value
    .replace(/<!--[^]*?-->|<[^>]*>/g, '')
    .split(/\s+/)
    .filter((word) => word !== '')
    .join(' ')
    .replace(
      /&(amp|lt|gt|quot|#39|#34);/g,
      (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#34': '"' })[name] ?? '',
    );

const quoteForShell = (value: unknown): string => {
  const plain = value === null ? '' : str(value);
  return /^[\w@%+=:,./-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", `'"'"'`)}'`;
};

/** Filters of strings: Jinja's and Ansible's. */
export const textFilters: FilterTable = {
  capitalize: ['', (value) => capitalize(str(value))],
  center: ['width?', (value, [width = 80]) => center(str(value), integer(width))],
  comment: [
    'style? **options',
    (value, [style = 'plain', options]) => comment(text(value), str(style), options as Mapping),
  ],
  e: ['', escapeHtml],
  escape: ['', escapeHtml],
  forceescape: ['', escapeHtml],
  format: [
    '*args **named',
    (value, [args, named]) => {
      const byName = Object.keys(named as Mapping).length > 0;
      if (byName && (args as unknown[]).length > 0)
        throw new TemplateError('"format" takes values by position or by name, not both');
      return percentFormat(str(value), byName ? named : sequence(args as unknown[]));
    },
  ],
  indent: [
    'width? first? blank?',
    (value, [width = 4, first = false, blank = false]) =>
      indent(text(value), width, isTrue(first), isTrue(blank)),
  ],
  lower: ['', (value) => str(value).toLowerCase()],
  pprint: ['', prettyPrint],
  quote: ['', quoteForShell],
  replace: [
    'old new count?',
    (value, [from, to, most]) =>
      replaceText(str(value), str(from), str(to), most === undefined || most === null ? -1 : integer(most)),
  ],
  safe: ['', str],
  split: ['sep? maxsplit?', (value, [separator, most]) => split(text(value), separator, most)],
  string: ['', str],
  striptags: ['', (value) => stripTags(str(value))],
  title: ['', (value) => titleCase(str(value))],
  trim: ['chars?', (value, [characters]) => strip(str(value), characters)],
  truncate: [
    'length? killwords? end? leeway?',
    (value, [length = 255, kill = false, end = '...', leeway]) =>
      truncate(text(value), {
        length: integer(length),
        kill: isTrue(kill),
        end: text(end),
        leeway: integer(leeway ?? 5),
      }),
  ],
  upper: ['', (value) => str(value).toUpperCase()],
  wordcount: ['', (value) => (str(value).match(/[\p{L}\p{N}_]+/gu) ?? []).length],
  wordwrap: [
    'width? break_long_words? wrapstring? break_on_hyphens?',
    (value, [width = 79, long = true, by, hyphens = true]) =>
      splitLines(text(value))
        .map((line) =>
          wrapText(line, {
            width: integer(width),
            breakLongWords: isTrue(long),
            breakOnHyphens: isTrue(hyphens),
          }).join(text(by ?? '\n')),
        )
        .join(text(by ?? '\n')),
  ],
  xmlattr: ['autospace?', (value, [space = true]) => attributes(value, isTrue(space))],
};
