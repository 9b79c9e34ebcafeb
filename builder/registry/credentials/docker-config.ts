import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type HelperRun, runCredentialHelper } from './credential-helper.js';
import type { CredentialSource, Credentials } from './credentials.js';
import { RegistryError } from '../registry-error.js';
import type { Environment } from '../../environment.js';

export interface DockerConfigOptions {
  readonly environment: Environment;
  /** The user's home folder. */
  readonly home: string;
  /** Runs a credential helper; replaced in tests. */
  readonly run?: HelperRun | undefined;
}

const text = z.string().optional();
const authSchema = z.looseObject({
  auth: text,
  username: text,
  password: text,
  identitytoken: text,
  registrytoken: text,
});
const configSchema = z.looseObject({
  auths: z.record(z.string(), authSchema).optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: text,
});

type DockerConfig = z.output<typeof configSchema>;

/** The key of Docker Hub in Docker's config.json. */
const hubKey = 'https://index.docker.io/v1/';
const hubHosts = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

/**
 * Credentials as Docker, Podman and skopeo keep them: in `DOCKER_AUTH_CONFIG`, then in `config.json` of `DOCKER_CONFIG` or
 * `~/.docker`, then in Podman's `auth.json`. The first with a login for the registry wins. Within each, the registry's own
 * helper comes first, then the credential store, then the file's entries.
 * @throws (from `find`) BuilderError if the file or a helper can't be used
 */
export function dockerConfigCredentials(options: DockerConfigOptions): CredentialSource {
  const { environment, run = runCredentialHelper(environment) } = options;
  return {
    // Read on each call: the user may have logged in again.
    async find(registry, { signal }) {
      for (const config of configsOf(options)) {
        const found =
          (await fromHelper(config, registry, (...call) => run(...call, signal))) ??
          fromFile(config, registry);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

async function fromHelper(
  { credHelpers, credsStore }: DockerConfig,
  registry: string,
  run: (helper: string, key: string) => Promise<Credentials | undefined>,
): Promise<Credentials | undefined> {
  const keys = keysOf(registry);
  const helper = keys.map((key) => credHelpers?.[key]).find(Boolean) ?? credsStore;
  if (!helper) return undefined;
  for (const key of keys) {
    const found = await run(helper, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Reads the files lazily: a damaged one matters only if no earlier one has the login. */
function* configsOf(options: DockerConfigOptions): Generator<DockerConfig> {
  const { DOCKER_AUTH_CONFIG } = options.environment;
  if (DOCKER_AUTH_CONFIG) yield readConfig('DOCKER_AUTH_CONFIG', () => DOCKER_AUTH_CONFIG);
  for (const path of configPaths(options))
    if (existsSync(path)) yield readConfig(path, () => readFileSync(path, 'utf8'));
}

function configPaths({ environment, home }: DockerConfigOptions): string[] {
  const { DOCKER_CONFIG, REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR, XDG_CONFIG_HOME } = environment;
  return [
    join(DOCKER_CONFIG || join(home, '.docker'), 'config.json'),
    ...(REGISTRY_AUTH_FILE ? [REGISTRY_AUTH_FILE] : []),
    ...(XDG_RUNTIME_DIR ? [join(XDG_RUNTIME_DIR, 'containers/auth.json')] : []),
    join(XDG_CONFIG_HOME || join(home, '.config'), 'containers/auth.json'),
  ];
}

/** Keys under which a registry's login may be stored, the likeliest first. */
function keysOf(registry: string): string[] {
  return hubHosts.has(registry)
    ? [hubKey, 'docker.io', 'index.docker.io', 'registry-1.docker.io']
    : [registry];
}

function readConfig(path: string, read: () => string): DockerConfig {
  try {
    return configSchema.parse(JSON.parse(read()));
  } catch (cause) {
    // The message of a JSON error quotes the file, and so perhaps a password.
    const why = (cause as NodeJS.ErrnoException).code ?? 'it is not a configuration of Docker';
    throw new RegistryError(`${path} can't be read: ${why}`, {
      code: 'invalid',
      hint: 'fix it, or log in again',
    });
  }
}

function fromFile({ auths = {} }: DockerConfig, registry: string): Credentials | undefined {
  const keys = keysOf(registry);
  const found =
    keys.map((key) => auths[key]).find((auth) => auth !== undefined) ??
    Object.entries(auths).find(([key]) => keys.includes(hostOf(key)))?.[1];
  if (found === undefined) return undefined;
  const { auth = '', identitytoken, registrytoken } = found;
  if (identitytoken) return { identityToken: identitytoken };
  if (registrytoken) return { registryToken: registrytoken };
  const decoded = Buffer.from(auth, 'base64').toString();
  const colon = decoded.indexOf(':');
  const username = colon > 0 ? decoded.slice(0, colon) : found.username;
  // Docker pads passwords with NUL bytes.
  const password = colon > 0 ? decoded.slice(colon + 1).replace(/\0+$/, '') : found.password;
  return username && password !== undefined ? { username, password } : undefined;
}

/** `https://host/v1/` is `host`. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').split('/')[0] ?? '';
}
