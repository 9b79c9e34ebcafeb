import { readFileSync } from 'node:fs';
import { BuilderError } from '../../errors.js';
import { validate } from '../../spec/validate.js';
import { digestOf } from '../../store/digest.js';
import { type Memo, noMemo } from '../../store/memo.js';
import { rememberedYaml } from '../../store/remembered-yaml.js';
import { readYaml, sourceDocument } from '../../yaml/yaml.js';
import { shortForms } from './short-forms.js';
import type { Template } from './template.js';
import { templateSchema } from './template-schema.js';

/**
 * Reads a CloudFormation template in YAML. What stands in `source.data` is the same data, with its places.
 * @param name how messages call the file
 * @throws BuilderError where the file can't be read; SpecError with all that is wrong with its sections
 */
export function readTemplate(path: string, name: string = path, memo: Memo = noMemo): Template {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new BuilderError(`${name} can't be read: ${(cause as Error).message}`, { code: 'invalid', cause });
  }
  return parseTemplate(text, name, memo);
}

/** As `readTemplate`, of a text. @throws SpecError */
export function parseTemplate(text: string, name: string, memo: Memo = noMemo): Template {
  const read = () => readYaml(text, name, { wrappingTags: shortForms });
  const source = sourceDocument(text, name, rememberedYaml(memo, `template ${digestOf(text)}`, read));
  return { ...validate(templateSchema, source), source };
}
