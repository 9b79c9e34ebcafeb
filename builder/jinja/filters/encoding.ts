import { createHash } from 'node:crypto';
import { hashPassword } from '../python/password-hash.js';
import type { FilterTable } from '../python/jinja-environment.js';
import { fromJson, toJson } from '../python/json.js';
import { within } from '../python/limits.js';
import { entriesOf, integer, isDict, isTrue, list, str, text, type Mapping } from '../python/python-value.js';
import { TemplateError } from '../template-error.js';

const HASHES = [
  'md5',
  'sha1',
  'sha224',
  'sha256',
  'sha384',
  'sha512',
  'sha3_224',
  'sha3_256',
  'sha3_384',
  'sha3_512',
  'blake2b',
  'blake2s',
];

function hash(value: unknown, kind: string): string {
  if (!HASHES.includes(kind))
    throw new TemplateError(`There is no hash "${kind}"`, `The hashes are: ${HASHES.join(', ')}.`);
  const names: Readonly<Record<string, string>> = { blake2b: 'blake2b512', blake2s: 'blake2s256' };
  return createHash(names[kind] ?? kind.replace('_', '-'))
    .update(str(value))
    .digest('hex');
}

/** A version 5 UUID from a namespace and a name (RFC 4122, 4.3). */
function uuid(value: string, namespace: string): string {
  if (!/^[\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12}$/i.test(namespace))
    throw new TemplateError(`The namespace "${namespace}" is not a UUID`);
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(value)
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Takes keyword arguments like Python's `json.dumps`. */
function json(value: unknown, options: Mapping): string {
  const { indent, sort_keys: sortKeys, ensure_ascii: ascii = true, separators } = options;
  const known = [
    'indent',
    'sort_keys',
    'ensure_ascii',
    'separators',
    'vault_to_text',
    'preprocess_unsafe',
    'skipkeys',
    'allow_nan',
  ];
  const wrong = Object.keys(options).find((name) => !known.includes(name));
  if (wrong !== undefined)
    throw new TemplateError(
      `"to_json" has no parameter "${wrong}"`,
      `The parameters are: ${known.slice(0, 4).join(', ')}.`,
    );
  const [comma, colon] = separators === undefined || separators === null ? [] : list(separators).map(text);
  return toJson(value, {
    indent:
      indent === undefined || indent === null
        ? undefined
        : typeof indent === 'string'
          ? indent
          : ' '.repeat(within(integer(indent), 100)),
    sortKeys: isTrue(sortKeys),
    ascii: isTrue(ascii),
    separators: comma === undefined || colon === undefined ? undefined : [comma, colon],
  });
}

const forHtml = (source: string): string =>
  source.replace(/[<>&']/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const quoteUrl = (value: unknown, query: boolean): string => {
  const kept = encodeURIComponent(str(value).replace(LONE, '\ufffd')).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return query ? kept.replaceAll('%20', '+') : kept.replaceAll('%2F', '/');
};

function urlEncode(value: unknown): string {
  if (typeof value === 'string' || (!isDict(value) && !Array.isArray(value))) return quoteUrl(value, false);
  const pairs = isDict(value) ? entriesOf(value) : list(value).map((pair) => list(pair));
  return pairs.map(([key, item]) => `${quoteUrl(key, true)}=${quoteUrl(item, true)}`).join('&');
}

/** Python's `unquote_plus`. */
const urlDecode = (value: string): string =>
  value
    .replaceAll('+', ' ')
    .replace(/(?:%[\da-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString());

const encodings: Readonly<Record<string, BufferEncoding>> = {
  'utf-8': 'utf8',
  utf8: 'utf8',
  ascii: 'utf8',
  'utf-16-le': 'utf16le',
  'latin-1': 'latin1',
};

function encoding(name: unknown): BufferEncoding {
  const found = Object.hasOwn(encodings, text(name).toLowerCase())
    ? encodings[text(name).toLowerCase()]
    : undefined;
  if (!found)
    throw new TemplateError(
      `The encoding "${text(name)}" is not supported`,
      `The encodings are: ${Object.keys(encodings).join(', ')}.`,
    );
  return found;
}

function decodeBase64(value: unknown, kind: unknown): string {
  const source = str(value).replace(/[^A-Za-z\d+/=]/g, '');
  if (source.replace(/=.*$/, '').length % 4 === 1 || source.length % 4 !== 0)
    throw new TemplateError('This is not valid Base64: its length is wrong');
  return Buffer.from(source, 'base64').toString(encoding(kind));
}

/** Filters that encode and decode text. */
export const encodingFilters: FilterTable = {
  b64decode: ['encoding?', (value, [kind = 'utf-8']) => decodeBase64(value, kind)],
  b64encode: [
    'encoding?',
    (value, [kind = 'utf-8']) => Buffer.from(str(value), encoding(kind)).toString('base64'),
  ],
  checksum: ['', (value) => hash(value, 'sha1')],
  from_json: ['', (value) => fromJson(text(value))],
  hash: ['hashtype?', (value, [kind = 'sha1']) => hash(value, text(kind))],
  md5: ['', (value) => hash(value, 'md5')],
  password_hash: [
    'hashtype? salt? salt_size? rounds? ident?',
    (value, [kind = 'sha512', salt, , rounds]) =>
      hashPassword(str(value), { kind: text(kind), salt, rounds }),
  ],
  sha1: ['', (value) => hash(value, 'sha1')],
  to_json: ['**options', (value, [options]) => json(value, options as Mapping)],
  to_nice_json: [
    'indent? sort_keys? **options',
    (value, [indent = 4, sortKeys = true, options]) =>
      json(value, { indent, sort_keys: sortKeys, separators: [',', ': '], ...(options as Mapping) }),
  ],
  to_uuid: [
    'namespace?',
    (value, [namespace = '361E6D51-FAEC-444A-9079-341386DA8E2E']) => uuid(str(value), text(namespace)),
  ],
  tojson: [
    'indent?',
    (value, [indent]) =>
      forHtml(json(value, { sort_keys: true, ...(indent === undefined ? {} : { indent }) })),
  ],
  urldecode: ['', (value) => urlDecode(text(value))],
  urlencode: ['', urlEncode],
};
