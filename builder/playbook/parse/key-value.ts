import { BuilderError } from '../../errors.js';

export interface KeyValues {
  readonly pairs: Readonly<Record<string, string>>;
  /** All words that are not pairs, unchanged. */
  readonly rest: string | undefined;
}

/** The only keys that are recognised in a command's line. */
const COMMAND_KEYS = [
  'creates',
  'removes',
  'chdir',
  'executable',
  'warn',
  'stdin',
  'stdin_add_newline',
  'strip_empty_ends',
];

/**
 * Splits `key=value key2="value 2" rest` as Ansible does (parsing/splitter.py, parse_kv).
 * @param isCommand recognise only the keys of command and shell
 * @throws BuilderError `invalid` for unbalanced quotes or braces
 */
export function parseKeyValues(text: string, isCommand: boolean): KeyValues {
  const pairs: Record<string, string> = {};
  const rest: string[] = [];
  for (const word of splitArguments(text)) {
    const decoded = decodeEscapes(word);
    const equals = unescapedEquals(decoded);
    const key = decoded.slice(0, Math.max(equals, 0));
    if (equals < 0) rest.push(decoded.includes('=') ? decoded.replaceAll('\\=', '=') : word);
    else if (isCommand && !COMMAND_KEYS.includes(key)) rest.push(word);
    else pairs[key.trim()] = unquote(decoded.slice(equals + 1).trim());
  }
  return { pairs, rest: rest.length > 0 ? joinWords(rest) : undefined };
}

function unescapedEquals(word: string): number {
  let at = word.indexOf('=', 1);
  while (at > 0 && word[at - 1] === '\\') at = word.indexOf('=', at + 1);
  return at;
}

function joinWords(words: readonly string[]): string {
  return words.reduce(
    (line, word) => (line === '' || line.endsWith('\n') ? line + word : `${line} ${word}`),
    '',
  );
}

function unquote(text: string): string {
  const [first] = text;
  const quoted =
    text.length > 1 && (first === '"' || first === "'") && text.endsWith(first) && text.at(-2) !== '\\';
  return quoted ? text.slice(1, -1) : text;
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function decodeEscapes(text: string): string {
  return text.replace(/\\(?:U[\da-fA-F]{8}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|[\\'"abfnrtv])/g, (escape) => {
    const simple = simpleEscapes[escape.slice(1)];
    const point = Number.parseInt(escape.slice(2), 16);
    return simple ?? (point <= 0x10ffff ? String.fromCodePoint(point) : escape);
  });
}

/** Depth of each kind of Jinja bracket, and the open quote. */
interface SplitState {
  quote: string | undefined;
  readonly depths: number[];
  readonly words: string[];
}

const brackets = [
  ['{{', '}}'],
  ['{%', '%}'],
  ['{#', '#}'],
] as const;

/**
 * Splits at spaces and newlines outside of quotes and Jinja brackets; keeps the white space at the end of the word before it
 * (parsing/splitter.py, split_args).
 */
export function splitArguments(text: string): string[] {
  const state: SplitState = { quote: undefined, depths: [0, 0, 0], words: [] };
  const lines = text.split('\n');
  for (const [number, line] of lines.entries()) {
    const continued = splitLine(line, state);
    if (number < lines.length - 1 && !continued) appendToLast(state, '\n');
  }
  if (state.quote !== undefined || isInsideBrackets(state))
    throw new BuilderError('The quotes or braces of these arguments are not balanced', {
      code: 'invalid',
      hint: 'Write the arguments as a mapping, or put quotes around the whole.',
    });
  return state.words;
}

function splitLine(line: string, state: SplitState): boolean {
  let continued = false;
  const tokens = line.split(' ');
  for (const [index, token] of tokens.entries()) {
    if (token === '' && index > 0) appendToLast(state, ' ');
    else if (token === '\\' && state.quote === undefined) continued = true;
    else takeToken(token, { index, alone: tokens.length === 1 }, state);
  }
  return continued;
}

function takeToken(token: string, place: { index: number; alone: boolean }, state: SplitState): void {
  const wasQuoted = state.quote !== undefined;
  const wasInside = isInsideBrackets(state);
  state.quote = quoteAfter(token, state.quote);
  for (const [kind, [open, close]] of brackets.entries()) {
    const change = token.split(open).length - token.split(close).length;
    state.depths[kind] = Math.max(0, (state.depths[kind] ?? 0) + change);
  }
  if (!wasInside && !wasQuoted) {
    if (token !== '') state.words.push(token);
    return;
  }
  const spacer = place.index === 0 && wasQuoted ? '' : place.alone ? '\n' : place.index > 0 ? ' ' : '';
  appendToLast(state, spacer + token);
}

function isInsideBrackets(state: SplitState): boolean {
  return state.depths.some((depth) => depth > 0);
}

function appendToLast(state: SplitState, text: string): void {
  const last = state.words.pop();
  if (last !== undefined || text.trim() !== '') state.words.push((last ?? '') + text);
}

function quoteAfter(token: string, quote: string | undefined): string | undefined {
  let open = quote;
  for (const [index, letter] of [...token].entries()) {
    if ((letter !== '"' && letter !== "'") || (index > 0 && token[index - 1] === '\\')) continue;
    if (open === undefined) open = letter;
    else if (open === letter) open = undefined;
  }
  return open;
}
