import type { CollectionTag, ScalarTag } from 'yaml';
import type { Origin } from '../errors.js';

export interface YamlOptions {
  /** Converts floats; default: numbers. */
  readonly float?: (value: number) => unknown;
  /** Own tags for scalars ("!unsafe"). Any other tag is refused. */
  readonly scalarTags?: Readonly<Record<string, (text: string) => unknown>>;
  /** Like `scalarTags`, for values that need their place. */
  readonly placedTags?: Readonly<Record<string, (text: string, origin: Origin) => unknown>>;
  /** Tags around a value of any kind ("!Ref x", "!Join [a, b]"), which become a mapping with one member. */
  readonly wrappingTags?: Readonly<Record<string, WrappingTag>>;
}

export interface WrappingTag {
  readonly key: string;
  /** Converts a scalar's text; default: unchanged. */
  readonly ofText?: (text: string) => unknown;
}

const TAG = 'tag:yaml.org,2002:';

/** PyYAML's implicit resolvers (resolver.py), narrower than YAML 1.1: `y` and `1e3` are strings. */
export function tagsOf(options: YamlOptions): (ScalarTag | CollectionTag)[] {
  const float = options.float ?? ((value: number): unknown => value);
  return [
    scalar('null', /^(?:~|null|Null|NULL|)$/, () => null),
    scalar('bool', /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/, () => true),
    scalar('bool', /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/, () => false),
    scalar('int', /^[-+]?0b[0-1_]+$/, (text) => integer(text, 2)),
    scalar('int', /^[-+]?0x[0-9a-fA-F_]+$/, (text) => integer(text, 16)),
    scalar('int', /^[-+]?0[0-7_]+$/, (text) => integer(text, 8)),
    scalar('int', /^[-+]?(?:0|[1-9][0-9_]*)$/, (text) => integer(text, 10)),
    scalar('int', /^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/, sexagesimal),
    scalar('float', /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$/, (text) =>
      float(Number(text.replaceAll('_', ''))),
    ),
    scalar('float', /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/, (text) => float(sexagesimal(text))),
    scalar('float', /^[-+]?\.(?:inf|Inf|INF)$/, (text) => float(text.startsWith('-') ? -Infinity : Infinity)),
    scalar('float', /^\.(?:nan|NaN|NAN)$/, () => float(NaN)),
    ...Object.entries(options.scalarTags ?? {}).map(([tag, resolve]): ScalarTag => ({ tag, resolve })),
    ...Object.keys(options.placedTags ?? {}).map((tag): ScalarTag => ({ tag, resolve: (text) => text })),
    ...Object.entries(options.wrappingTags ?? {}).flatMap(([tag, wrapping]) => wrappingTags(tag, wrapping)),
  ];
}

/** The nodes keep their tag; `Conversion` wraps their values. */
function wrappingTags(tag: string, { ofText = (text) => text }: WrappingTag): (ScalarTag | CollectionTag)[] {
  return [
    { tag, resolve: ofText },
    { tag, collection: 'seq', resolve: (node) => node },
    { tag, collection: 'map', resolve: (node) => node },
  ];
}

function scalar(name: string, test: RegExp, resolve: (text: string) => unknown): ScalarTag {
  return { tag: TAG + name, default: true, test, resolve };
}

function integer(text: string, radix: number): number {
  const digits = text.replaceAll('_', '').replace(/^([-+]?)0[bx]/, '$1');
  const value = Number.parseInt(digits, radix);
  return value === 0 ? 0 : value;
}

function sexagesimal(text: string): number {
  const parts = text.replaceAll('_', '').replace(/^[-+]/, '').split(':');
  const value = parts.reduce((sum, part) => sum * 60 + Number(part), 0);
  return text.startsWith('-') ? -value : value;
}
