import { type CollectionTag, type Document, type ScalarTag, parseDocument } from 'yaml';
import { BuilderError, type Origin, SpecError } from '../errors.js';
import {
  Conversion,
  type Fail,
  MAX_PROBLEMS,
  type OfText,
  type Place,
  type Places,
} from './yaml-conversion.js';
import { type YamlOptions, tagsOf } from './yaml-schema.js';

export type { YamlOptions };

/** A value's place in a document: keys and indexes from the top. */
export type YamlPath = readonly (string | number)[];

/** A YAML file as plain data with source positions. */
export interface SourceDocument {
  readonly file: string;
  readonly text: string;
  /** Objects, arrays and scalars; null for an empty file. Don't mutate: aliases share the objects of their anchors. */
  readonly data: unknown;
  /** Position of the value at `path`, or of its nearest existing parent. */
  originOf(path: YamlPath): Origin;
  /** Like `originOf`, for the value's key. */
  originOfKey(path: YamlPath): Origin;
}

const MAX_LENGTH = 8 * 1024 * 1024;

/**
 * Parses one YAML document as PyYAML, and so Ansible, does (YAML 1.1: `0755` is octal, `yes` is true, `<<` merges).
 * Dates stay strings. Duplicate keys, unknown tags, excessive nesting and alias bombs are refused.
 * @throws SpecError with every problem of the text
 */
export function parseYaml(text: string, file: string, options: YamlOptions = {}): SourceDocument {
  return sourceDocument(text, file, readYaml(text, file, options));
}

/** A text's data, and the positions of its parts. */
export interface ParsedYaml {
  readonly data: unknown;
  /** Offsets in the text of the keys and values of every object and array. */
  readonly places: WeakMap<object, Places>;
  /** Where the contents begin. */
  readonly top: number;
}

/** The slow part of `parseYaml`, which depends only on the text. @throws SpecError */
export function readYaml(text: string, file: string, options: YamlOptions = {}): ParsedYaml {
  const lines = lineStarts(text);
  const origin = (offset: number): Origin => originAt(file, lines, offset);
  const fail = (message: string, offset: number, hint?: string): BuilderError =>
    new BuilderError(message, { code: 'invalid', origin: origin(offset), hint });
  if (text.length > MAX_LENGTH) throw new SpecError([fail('This file is larger than 8 MB', 0)]);
  const document = compose(text, tagsOf(options), fail);
  const placed = Object.entries(options.placedTags ?? {}).map(([tag, ofText]): [string, OfText] => [
    tag,
    (value, offset) => ofText(value, origin(offset)),
  ]);
  const conversion = new Conversion(fail, options.wrappingTags, Object.fromEntries(placed));
  const data = conversion.convert(document.contents, 0);
  if (conversion.problems.length > 0) throw new SpecError(conversion.problems);
  return { data, places: conversion.places, top: document.contents?.range?.[0] ?? 0 };
}

/** Combines a text and its parsed data into a document. */
export function sourceDocument(text: string, file: string, parsed: ParsedYaml): SourceDocument {
  const { data, places, top } = parsed;
  const lines = lineStarts(text);
  const origin = (offset: number): Origin => originAt(file, lines, offset);
  const find = (path: YamlPath): Place => placeOf(places, data, path) ?? { key: top, value: top };
  return {
    file,
    text,
    data,
    originOf: (path) => origin(find(path).value),
    originOfKey: (path) => origin(find(path).key),
  };
}

/** The line of an origin with a caret below it, for messages. Empty if the line does not exist. */
export function excerpt(text: string, origin: Origin): string {
  const line = text.split(/\r\n|\r|\n/, origin.line)[origin.line - 1];
  if (line === undefined) return '';
  const start = Math.max(0, origin.column - 100);
  const shown = line.slice(start, start + 160);
  const before = shown.slice(0, origin.column - 1 - start).replace(/[^\t]/g, ' ');
  const label = `  ${origin.line} | `;
  return `${label}${shown}\n${' '.repeat(label.length - 2)}| ${before}^`;
}

function compose(text: string, tags: readonly (ScalarTag | CollectionTag)[], fail: Fail): Document.Parsed {
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      version: '1.1',
      schema: 'failsafe',
      customTags: (base) => [...base, ...tags],
      prettyErrors: false,
      logLevel: 'error',
      uniqueKeys: false,
    });
  } catch (error) {
    // The library is recursive, and throws plain errors for a few malformed documents.
    const deep = error instanceof RangeError;
    throw new SpecError([fail(deep ? 'This is nested too deeply' : 'This is not valid YAML', 0)]);
  }
  const problems = [...document.errors, ...document.warnings].slice(0, MAX_PROBLEMS);
  const tab = problems.find(({ pos }) => isIndentedByTab(text, pos[0]));
  // Other errors usually follow from the tab.
  if (tab !== undefined) throw new SpecError([tabProblem(text, tab.pos[0], fail)]);
  if (problems.length > 0)
    throw new SpecError(
      problems.map(({ message, pos }) => fail(problemText(message), pos[0], hintFor(text, pos[0]))),
    );
  return document;
}

function lineAt(text: string, offset: number): { start: number; indentation: string; line: string } {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const line = text.slice(start).split('\n', 1)[0] ?? '';
  return { start, line, indentation: /^\s*/.exec(line)?.[0] ?? '' };
}

function isIndentedByTab(text: string, offset: number): boolean {
  return lineAt(text, offset).indentation.includes('\t');
}

function tabProblem(text: string, offset: number, fail: Fail): BuilderError {
  const { start, indentation } = lineAt(text, offset);
  const hint = 'Indent with spaces: YAML does not allow tabs there.';
  return fail('Tabs are not allowed as indentation', start + indentation.indexOf('\t'), hint);
}

function problemText(message: string): string {
  if (message.includes('call stack')) return 'This is nested too deeply';
  if (message.includes('multiple documents'))
    return 'Only one document per file is allowed, and a second one begins here';
  const tag = /^Unresolved tag: (\S+)/.exec(message)?.[1];
  if (tag?.startsWith('tag:yaml.org,2002:')) return `The tag !!${tag.slice(18)} does not fit this value`;
  return tag === undefined ? message : `The tag ${tag} is not known`;
}

function hintFor(text: string, offset: number): string | undefined {
  const { line } = lineAt(text, offset);
  if (line.includes('{{')) return 'Put quotes around the whole value when it begins with "{{".';
  return undefined;
}

function placeOf(places: WeakMap<object, Places>, data: unknown, path: YamlPath): Place | undefined {
  let place: Place | undefined;
  let value = data;
  for (const key of path) {
    const next = typeof value === 'object' && value !== null ? places.get(value)?.get(key) : undefined;
    if (next === undefined) return place;
    place = next;
    value = (value as Record<string | number, unknown>)[key];
  }
  return place;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 10 || (code === 13 && text.charCodeAt(index + 1) !== 10)) starts.push(index + 1);
  }
  return starts;
}

function originAt(file: string, starts: readonly number[], offset: number): Origin {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
