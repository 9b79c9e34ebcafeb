import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuilderError, SpecError } from '../../errors.js';
import { validate } from '../../spec/validate.js';
import { digestOf } from '../../store/digest.js';
import { type Memo, noMemo } from '../../store/memo.js';
import { rememberedYaml } from '../../store/remembered-yaml.js';
import { readYaml, sourceDocument } from '../../yaml/yaml.js';
import { readTemplate } from '../template/read-template.js';
import { checkReferences } from './check-references.js';
import type { Platform, PlatformEntry } from './platform.js';
import { platformSchema } from './platform-schema.js';

/**
 * Reads the graph of stacks and their templates.
 * @param folder of the graph and, below it, of the templates, relative to the project: "infra-cfn"
 * @param memo of what was parsed before
 * @throws BuilderError where there is no graph; SpecError with all that is wrong with it: settings, outputs, parameters
 *   and stacks that there are not, templates that can't be read
 */
export function loadPlatform(projectFolder: string, folder = 'infra-cfn', memo: Memo = noMemo): Platform {
  const file = `${folder}/platform.yaml`;
  const path = join(projectFolder, file);
  if (!existsSync(path))
    throw new BuilderError(`${file} is missing: it says which stacks there are`, { code: 'usage' });
  const text = readFileSync(path, 'utf8');
  const read = () => readYaml(text, file);
  const source = sourceDocument(text, file, rememberedYaml(memo, `graph ${digestOf(text)}`, read));
  const graph = validate(platformSchema, source);
  const problems: BuilderError[] = [];
  const stacks: Record<string, PlatformEntry> = {};
  for (const [name, entry] of Object.entries(graph.stacks)) {
    const template = join(projectFolder, folder, entry.template);
    if (existsSync(template))
      stacks[name] = { ...entry, definition: readTemplate(template, `${folder}/${entry.template}`, memo) };
    else
      problems.push(
        new BuilderError(`The template ${folder}/${entry.template} is missing`, {
          code: 'invalid',
          origin: source.originOf(['stacks', name, 'template']),
        }),
      );
  }
  if (problems.length > 0) throw new SpecError(problems);
  const platform = { ...graph, stacks, source };
  checkReferences(platform);
  return platform;
}
