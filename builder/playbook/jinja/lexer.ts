import { TemplateSyntaxError, placeAt } from './template-error.js';

export interface Token {
  readonly kind: 'text' | 'open' | 'close' | 'begin' | 'end' | 'name' | 'string' | 'number' | 'op' | 'eof';
  readonly value: string;
  readonly at: number;
}

export interface LexOptions {
  readonly trimBlocks: boolean;
  readonly lstripBlocks: boolean;
}

const EXPRESSION =
  /\s+|([A-Za-z_]\w*)|(\d+(?:_\d+)*(?:\.\d+)?(?:[eE][-+]?\d+)?)|('(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*")|(\*\*|\/\/|==|!=|<=|>=|[-+*/%~<>=()[\]{}.,:|])/y;

/** Tokens of a bare expression. */
export function lexExpression(text: string): Token[] {
  const tokens: Token[] = [];
  lexInside(text, 0, undefined, tokens);
  tokens.push({ kind: 'eof', value: '', at: text.length });
  return tokens;
}

/** Reads until the closing mark; gives the offset of it. */
function lexInside(text: string, from: number, close: string | undefined, tokens: Token[]): number {
  let at = from;
  let depth = 0;
  while (at < text.length) {
    if (
      close !== undefined &&
      depth === 0 &&
      (text.startsWith(close, at) || (/[-+]/.test(text[at] ?? '') && text.startsWith(close, at + 1)))
    )
      return at;
    EXPRESSION.lastIndex = at;
    const match = EXPRESSION.exec(text);
    if (!match)
      throw new TemplateSyntaxError(
        `unexpected char ${JSON.stringify(text[at])} in the template`,
        undefined,
        placeAt(text, at),
      );
    const [all, name, number, string, op] = match;
    if (name !== undefined) tokens.push({ kind: 'name', value: name, at });
    else if (number !== undefined) tokens.push({ kind: 'number', value: number.replaceAll('_', ''), at });
    else if (string !== undefined) tokens.push({ kind: 'string', value: unescape(string.slice(1, -1)), at });
    else if (op !== undefined) {
      if ('([{'.includes(op)) depth++;
      if (')]}'.includes(op)) depth--;
      tokens.push({ kind: 'op', value: op, at });
    }
    at += all.length;
  }
  if (close !== undefined)
    throw new TemplateSyntaxError(`"${close}" is missing`, undefined, placeAt(text, from));
  return at;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
  '\n': '',
};

/** Python's escapes; an unknown one keeps its backslash. */
function unescape(text: string): string {
  return text.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|([^]))/g,
    (all, x: string | undefined, u: string | undefined, c: string) =>
      x !== undefined || u !== undefined
        ? String.fromCharCode(Number.parseInt(x ?? u ?? '', 16))
        : (ESCAPES[c] ?? all),
  );
}

/** Tokens of a template: text, `{{ }}` as open/close, `{% %}` as begin/end. */
export function lexTemplate(text: string, options: LexOptions): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trimLeft = false;
  while (at < text.length) {
    const found = text.slice(at).search(/\{[{%#]/);
    const start = found < 0 ? text.length : at + found;
    const sign = text[start + 2];
    let data = text.slice(at, start);
    if (trimLeft) data = data.trimStart();
    trimLeft = false;
    if (sign === '-') data = data.trimEnd();
    else if (
      options.lstripBlocks &&
      sign !== '+' &&
      text[start + 1] !== '{' &&
      /(?:^|\n)[ \t]*$/.test(text.slice(0, start))
    )
      data = data.replace(/[ \t]+$/, '');
    if (data !== '') tokens.push({ kind: 'text', value: data, at });
    if (start >= text.length) break;
    const inner = start + 2 + (sign === '-' || sign === '+' ? 1 : 0);
    const kind = text[start + 1];
    let end: number;
    const raw = kind === '%' ? /^\s*raw\s*([-+]?)%\}/.exec(text.slice(inner)) : null;
    if (raw) {
      const bodyStart = inner + raw[0].length;
      const close = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/.exec(text.slice(bodyStart));
      if (!close) throw new TemplateSyntaxError('"endraw" is missing', undefined, placeAt(text, start));
      let body = text.slice(bodyStart, bodyStart + close.index);
      if (raw[1] === '-') body = body.trimStart();
      else if (options.trimBlocks && raw[1] !== '+') body = body.replace(/^\n/, '');
      if (close[1] === '-') body = body.trimEnd();
      tokens.push({ kind: 'text', value: body, at: bodyStart });
      at = bodyStart + close.index + close[0].length;
      trimLeft = close[2] === '-';
      if (options.trimBlocks && close[2] === '' && text[at] === '\n') at++;
      continue;
    }
    if (kind === '#') {
      end = text.indexOf('#}', start + 2);
      if (end < 0)
        throw new TemplateSyntaxError('The comment has no end ("#}")', undefined, placeAt(text, start));
      if (/[-+]/.test(text[end - 1] ?? '') && end - 1 > start + 1) end--;
    } else {
      tokens.push({ kind: kind === '{' ? 'open' : 'begin', value: '', at: start });
      end = lexInside(text, inner, kind === '{' ? '}}' : '%}', tokens);
      tokens.push({ kind: kind === '{' ? 'close' : 'end', value: '', at: end });
    }
    const last = text[end];
    const signed = last === '-' || last === '+';
    at = end + 2 + (signed ? 1 : 0);
    trimLeft = last === '-';
    if (kind !== '{' && options.trimBlocks && !signed && text[at] === '\n') at++;
  }
  tokens.push({ kind: 'eof', value: '', at: text.length });
  return tokens;
}
