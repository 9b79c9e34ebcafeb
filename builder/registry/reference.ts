import { BuilderError } from '../errors.js';
import { type Digest, isDigest } from './descriptor.js';

/** The name of an image in a registry, or of a repository if it has neither tag nor digest. */
export interface Reference {
  /** Host and port to connect to: `registry-1.docker.io` for `docker.io`. */
  readonly registry: string;
  /** Host and repository in full: `docker.io/library/php`. */
  readonly name: string;
  /** Repository without the host: `library/php`. */
  readonly repository: string;
  readonly tag?: string | undefined;
  readonly digest?: Digest | undefined;
}

const dockerHub = 'docker.io';
/** Aliases of Docker Hub, and the host of its API. */
const hubAliases = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];
const hubApi = 'registry-1.docker.io';

/** The grammar of distribution/reference (regexp.go). */
const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const label = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const pathPattern = new RegExp(`^${component}(?:/${component})*$`);
const hostPattern = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const tagPattern = /^\w[\w.-]{0,127}$/;
const longestName = 255;

/**
 * Parses `[HOST[:PORT]/]REPOSITORY[:TAG][@DIGEST]`. The host defaults to Docker Hub, where a name of one word gets the prefix
 * `library/`. The tag has no default: without tag and digest, both are undefined.
 * @throws BuilderError `usage`
 */
export function parseReference(text: string): Reference {
  const refuse = (why: string): never => {
    throw new BuilderError(`${JSON.stringify(text)} is not the name of an image: ${why}`, {
      code: 'usage',
      hint: 'write [HOST[:PORT]/]REPOSITORY[:TAG][@sha256:DIGEST], like ghcr.io/acme/site:1.2',
    });
  };
  const [beforeDigest = '', digest, ...more] = text.split('@');
  if (more.length > 0) refuse('it has more than one @');
  const { name, tag } = splitTag(beforeDigest);
  const { host, path } = splitHost(name);
  if (path === '') refuse('the repository is missing');
  if (!pathPattern.test(path)) refuse(reasonOfPath(path));
  if (!hostPattern.test(host)) refuse(`${JSON.stringify(host)} is not a host`);
  const port = Number(/:([0-9]+)$/.exec(host)?.[1] ?? 1);
  if (port < 1 || port > 65_535) refuse(`there is no port ${port}`);
  if (tag !== undefined && !tagPattern.test(tag))
    refuse(`${JSON.stringify(tag)} is not a tag; a tag is up to 128 letters, digits, _ . and -`);
  if (digest !== undefined && !isDigest(digest))
    refuse(`${JSON.stringify(digest)} is not a digest; a digest is sha256: and 64 hexadecimal digits`);
  const hub = hubAliases.includes(host);
  const repository = hub && !path.includes('/') ? `library/${path}` : path;
  const full = `${hub ? dockerHub : host}/${repository}`;
  if (full.length > longestName) refuse(`it has more than ${longestName} characters`);
  return {
    registry: hub ? hubApi : host,
    name: full,
    repository,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest: digest as Digest }),
  };
}

/** The full name: `docker.io/library/php:8.3@sha256:…`. */
export function formatReference({ name, tag, digest }: Reference): string {
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

function splitTag(text: string): { name: string; tag?: string } {
  const colon = text.lastIndexOf(':');
  if (colon < 0 || text.indexOf('/', colon) >= 0) return { name: text };
  return { name: text.slice(0, colon), tag: text.slice(colon + 1) };
}

/** The first part is a host if it is localhost or has a dot, a colon or an upper-case letter. */
function splitHost(name: string): { host: string; path: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  if (slash < 0 || !(/[.:A-Z]/.test(first) || first === 'localhost')) return { host: dockerHub, path: name };
  return { host: first, path: name.slice(slash + 1) };
}

function reasonOfPath(path: string): string {
  if (/[A-Z]/.test(path)) return 'upper-case letters are for hosts and tags only';
  return `${JSON.stringify(path)} is not a repository; its parts are lower-case letters and digits with . _ or - between`;
}
