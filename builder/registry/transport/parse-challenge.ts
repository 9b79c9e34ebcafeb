/** The authentication that a registry asks for: `Bearer realm="https://…",service="…",scope="…"` (RFC 7235, section 4.1). */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** By name, in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

const token = "[\\w!#$%&'*+.^`|~-]+";
const parameter = new RegExp(`(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s,"]*))\\s*(?:,|$)`, 'y');
const scheme = new RegExp(`(${token})(?:\\s+|,|$)`, 'y');
const separator = /[\s,]+/y;

/** The challenges of one or several `WWW-Authenticate` headers; skips malformed ones. */
export function parseChallenges(headers: string | readonly string[] | undefined): Challenge[] {
  const all = headers === undefined ? [] : typeof headers === 'string' ? [headers] : headers;
  return all.flatMap(parseHeader);
}

function parseHeader(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  let at = 0;
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  while (at < header.length) {
    next(separator);
    const [, name = '', quoted, plain = ''] = next(parameter) ?? [];
    const last = challenges.at(-1);
    if (name !== '') {
      if (last !== undefined) last.parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? plain;
      continue;
    }
    const found = next(scheme)?.[1];
    if (found === undefined) break;
    challenges.push({ scheme: found.toLowerCase(), parameters: {} });
  }
  return challenges;
}
