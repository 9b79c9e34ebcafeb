import { TaskFailure } from '../task-failure.js';

export interface RegexFlags {
  readonly multiline?: boolean;
  readonly dotAll?: boolean;
}

const start = '(?<![\\s\\S])';
const end = '(?![\\s\\S])';

/**
 * A regular expression of Python's `re` as one of JavaScript's, always global: `(?P<name>…)`, `(?i)`, `\A`, `\Z`, and
 * `^`, `$`, `.` that know no line end but "\n". @throws TaskFailure for what can't be translated
 */
export function pythonRegex(pattern: string, flags: RegexFlags = {}): RegExp {
  const [leading = '', letters = ''] = /^\(\?([aiLmsux]+)\)/.exec(pattern) ?? [];
  if (letters.includes('x')) throw new TaskFailure(`verbose patterns are not supported: ${pattern}`);
  const multiline = flags.multiline === true || letters.includes('m');
  const dotAll = flags.dotAll === true || letters.includes('s');
  const source = translate(pattern.slice(leading.length), multiline, dotAll);
  try {
    return new RegExp(source, letters.includes('i') ? 'gi' : 'g');
  } catch (error) {
    throw new TaskFailure(`'${pattern}' is not a regular expression: ${(error as Error).message}`);
  }
}

const tokens = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\(\?P<(\w+)>|\(\?P=(\w+)\)|\(\?#[^)]*\)|[\s\S]/g;

function translate(pattern: string, multiline: boolean, dotAll: boolean): string {
  const special: Readonly<Record<string, string>> = {
    '\\A': start,
    '\\Z': end,
    '^': multiline ? '(?<=\\n|(?<![\\s\\S]))' : start,
    $: multiline ? `(?=\\n|${end})` : `(?=\\n?${end})`,
    '.': dotAll ? '[\\s\\S]' : '[^\\n]',
  };
  return pattern.replace(tokens, (token, named?: string, reference?: string) => {
    if (named !== undefined) return `(?<${named}>`;
    if (reference !== undefined) return `\\k<${reference}>`;
    if (token.startsWith('(?#')) return '';
    if (token.startsWith('[') && token.length > 1) return token.replace(/^(\[\^?)\]/, '$1\\]');
    return special[token] ?? token;
  });
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  f: '\f',
  v: '\v',
  a: '\x07',
  b: '\b',
  '\\': '\\',
};

/** What a replacement template ("\1", "\g<name>", "\n") gives for a match (Match.expand). */
export function expandTemplate(template: string, match: RegExpExecArray): string {
  return template.replace(
    /\\(?:g<(\w+)>|(0[0-7]{0,2}|[1-3][0-7]{2}|\d{1,2})|([\s\S]))/g,
    (whole, name?: string, digits?: string, letter?: string) => {
      if (name !== undefined) return group(match, name);
      if (digits !== undefined)
        return /^0|^[1-3][0-7]{2}$/.test(digits)
          ? String.fromCharCode(parseInt(digits, 8))
          : group(match, digits);
      if (letter !== undefined && /[A-Za-z]/.test(letter) && escapes[letter] === undefined)
        throw new TaskFailure(`bad escape \\${letter} in '${template}'`);
      return escapes[letter ?? ''] ?? whole;
    },
  );
}

function group(match: RegExpExecArray, name: string): string {
  const known = /^\d+$/.test(name) ? Number(name) < match.length : name in (match.groups ?? {});
  if (!known) throw new TaskFailure(`invalid group reference ${name}`);
  return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? '';
}

/** Replaces every match, as re.subn: the text and how often. */
export function substitute(pattern: RegExp, template: string, text: string): [string, number] {
  let count = 0;
  const result = text.replace(pattern, (...parts: unknown[]) => {
    count += 1;
    const groups = typeof parts.at(-1) === 'object' ? (parts.pop() as Record<string, string>) : undefined;
    const captured = parts.slice(0, -2);
    return expandTemplate(template, Object.assign(captured, { groups }) as unknown as RegExpExecArray);
  });
  return [result, count];
}

/** Where the pattern first matches, or null; keeps no state between calls. */
export function firstMatch(pattern: RegExp, text: string): RegExpExecArray | null {
  pattern.lastIndex = 0;
  return pattern.exec(text);
}
