import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BuilderError, SpecError } from '../errors.js';
import { type SourceDocument, parseYaml } from '../yaml/yaml.js';
import { imageSchema } from './image-schema.js';
import { findImageSpec } from './find-image-spec.js';
import type { ImageSpec } from './image-spec.js';
import { nameHint } from '../nearest-name.js';
import { validate } from './validate.js';

/**
 * Reads `images/<name>/image.yaml` of a project. Makes the path of an `oci` base absolute; checks that the playbook exists.
 * @throws BuilderError `usage` if there is no such image; SpecError with all errors of the file
 */
export function loadImageSpec(projectFolder: string, name: string): ImageSpec {
  const file = `images/${name}/image.yaml`;
  const folder = join(projectFolder, 'images', name);
  const source = parseYaml(readText(findImageSpec(projectFolder, name)), file);
  const data = validate(imageSchema, source);
  checkPlaybook(projectFolder, data.playbook, source);
  const base = data.base.kind === 'oci' ? { ...data.base, path: resolve(folder, data.base.path) } : data.base;
  return { ...data, base, file, folder };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new BuilderError(`${path} can't be read: ${(cause as Error).message}`, { code: 'invalid', cause });
  }
}

function checkPlaybook(projectFolder: string, playbook: string, source: SourceDocument): void {
  const folder = join(projectFolder, 'playbooks');
  if (existsSync(join(folder, playbook))) return;
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : [];
  throw new SpecError([
    new BuilderError(`There is no playbook playbooks/${playbook}`, {
      code: 'invalid',
      origin: source.originOf(['playbook']),
      hint: nameHint(playbook, names.sort()),
    }),
  ]);
}
