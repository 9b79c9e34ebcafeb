import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { BuilderError, type Origin } from '../errors.js';
import { type YamlPath, parseYaml } from '../yaml/yaml.js';
import { environmentSchema } from './environment-schema.js';
import { nearestName } from '../nearest-name.js';
import { validate } from './validate.js';

/** A validated environment with defaults, and its place. */
export type EnvironmentSpec = z.output<typeof environmentSchema> & {
  /** The file's path, relative to the project: "infra-cfn/environments/prod.yaml". */
  readonly file: string;
  /** The place of a key, for errors found elsewhere. */
  readonly originOfKey: (path: YamlPath) => Origin;
};

const folder = 'infra-cfn/environments';
const suffix = '.yaml';

/**
 * Reads `infra-cfn/environments/<name>.yaml` of a project; defaults suit `prod`.
 * @throws BuilderError `usage` if there is no such environment; SpecError with all errors of the file
 */
export function loadEnvironment(projectFolder: string, name: string): EnvironmentSpec {
  const file = `${folder}/${name}${suffix}`;
  return parseEnvironment(readEnvironment(projectFolder, name), file);
}

/** Like `loadEnvironment`, from a text. @throws SpecError */
export function parseEnvironment(text: string, file: string): EnvironmentSpec {
  const source = parseYaml(text, file);
  const given = { ...source, data: source.data ?? {} };
  return { ...validate(environmentSchema, given), file, originOfKey: source.originOfKey };
}

function readEnvironment(projectFolder: string, name: string): string {
  const place = join(projectFolder, folder);
  const names = environmentNames(place);
  if (!names.includes(name))
    throw new BuilderError(`There is no environment "${name}": ${folder}/${name}${suffix} is missing`, {
      code: 'usage',
      hint: absenceHint(name, names),
    });
  const path = join(place, `${name}${suffix}`);
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new BuilderError(`${path} can't be read: ${(cause as Error).message}`, { code: 'invalid', cause });
  }
}

function environmentNames(place: string): string[] {
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length))
    .sort();
}

function absenceHint(name: string, names: readonly string[]): string {
  if (names.length === 0) return 'There are none yet: docs/push.md shows what such a file says.';
  const nearest = nearestName(name, names);
  const known = `There are: ${names.join(', ')}.`;
  return nearest === undefined ? known : `Did you mean "${nearest}"? ${known}`;
}
