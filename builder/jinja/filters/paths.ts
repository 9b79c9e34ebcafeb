import { posix } from 'node:path';
import type { FilterTable } from '../python/jinja-environment.js';
import { Undefined, dictOf, list, text, tuple, shown } from '../python/python-value.js';
import { TemplateError } from '../template-error.js';

/** Python's `os.path.split`, which differs from Node's. */
function splitPath(path: string): [string, string] {
  const at = path.lastIndexOf('/') + 1;
  const head = path.slice(0, at);
  return [/[^/]/.test(head) ? head.replace(/\/+$/, '') : head, path.slice(at)];
}

function splitExtension(path: string): unknown {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const [, extension] = /[^.].*?(\.[^.]*)$/.exec(name) ?? [];
  return extension === undefined
    ? tuple(path, '')
    : tuple(path.slice(0, path.length - extension.length), extension);
}

function joinPaths(parts: string[]): string {
  let path = '';
  for (const part of parts) {
    if (part.startsWith('/')) path = part;
    else path += (path === '' || path.endsWith('/') ? '' : '/') + part;
  }
  return path;
}

function relative(path: string, start: string): string {
  if (!path.startsWith('/') && start === '.')
    return posix.normalize(path === '' ? fail('"relpath" got no path') : path).replace(/(?<=.)\/$/, '');
  if (path.startsWith('/') !== start.startsWith('/'))
    fail(
      '"relpath" needs two absolute paths, or two relative ones',
      'What is between them depends on the folder that the build runs in.',
    );
  return posix.relative(posix.resolve('/', start), posix.resolve('/', path)) || '.';
}

function fail(message: string, hint?: string): never {
  throw new TemplateError(message, hint);
}

const windowsDrive = (path: string): [string, string] => {
  const [, drive = '', rest = ''] = /^([A-Za-z]:|(?:\\\\|\/\/)[^\\/]+[\\/][^\\/]+)?([^]*)$/.exec(path) ?? [];
  return [drive, rest];
};

function windowsSplit(path: string): [string, string] {
  const [drive, rest] = windowsDrive(path);
  const at = Math.max(rest.lastIndexOf('/'), rest.lastIndexOf('\\')) + 1;
  const head = rest.slice(0, at);
  return [drive + (/[^\\/]/.test(head) ? head.replace(/[\\/]+$/, '') : head), rest.slice(at)];
}

const PARTS = ['fragment', 'hostname', 'netloc', 'password', 'path', 'port', 'query', 'scheme', 'username'];

/** Python's `urlsplit`. */
export function splitUrl(given: string): Record<string, unknown> {
  const [, scheme = '', afterScheme = ''] = /^(?:([A-Za-z][A-Za-z\d+.-]*):)?([^]*)$/.exec(given.trim()) ?? [];
  const [, netloc, afterHost = ''] = /^(?:\/\/([^/?#]*))?([^]*)$/.exec(afterScheme) ?? [];
  const [, path = '', query = '', fragment = ''] =
    /^([^?#]*)(?:\?([^#]*))?(?:#([^]*))?$/.exec(afterHost) ?? [];
  const [, user, host = ''] = /^(?:([^]*)@)?([^@]*)$/.exec(netloc ?? '') ?? [];
  const [, name, digits] = /^(\[[^\]]*\]|[^:]*)(?::([^]*))?$/.exec(host) ?? [];
  if (digits !== undefined && digits !== '' && (!/^\d+$/.test(digits) || Number(digits) > 65535))
    fail(`"${digits}" is not a port`);
  const [username, ...password] = user === undefined ? [] : user.split(':');
  return {
    fragment,
    hostname: name === undefined || name === '' ? null : name.replace(/^\[|\]$/g, '').toLowerCase(),
    netloc: netloc ?? '',
    password: password.length > 0 ? password.join(':') : null,
    path,
    port: digits === undefined || digits === '' ? null : Number(digits),
    query,
    scheme: scheme.toLowerCase(),
    username: username ?? null,
  };
}

/** Filters of paths and addresses; none reads the file system. */
export const pathFilters: FilterTable = {
  basename: ['', (value) => splitPath(text(value))[1]],
  dirname: ['', (value) => splitPath(text(value))[0]],
  path_join: [
    '',
    (value) => {
      if (typeof value === 'string') return value;
      if (value instanceof Undefined) return value.fail();
      const parts = Array.isArray(value)
        ? list(value).map(text)
        : fail(`"path_join" needs a list of paths, but got: ${shown(value)}`);
      return parts.length === 0 ? fail('"path_join" got an empty list') : joinPaths(parts);
    },
  ],
  relpath: ['start?', (value, [start = '.']) => relative(text(value), text(start))],
  splitext: ['', (value) => splitExtension(text(value))],
  urlsplit: [
    'query? alias?',
    (value, [part = '']) => {
      const parts = splitUrl(text(value));
      if (part === '') return dictOf(Object.entries(parts));
      return PARTS.includes(text(part))
        ? parts[text(part)]
        : fail(`"${text(part)}" is not a part of a URL`, `The parts are: ${PARTS.join(', ')}.`);
    },
  ],
  win_basename: ['', (value) => windowsSplit(text(value))[1]],
  win_dirname: ['', (value) => windowsSplit(text(value))[0]],
  win_splitdrive: ['', (value) => tuple(...windowsDrive(text(value)))],
};
