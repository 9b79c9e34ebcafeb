import { BuilderError } from '../../errors.js';
import { parseYaml } from '../../yaml/yaml.js';
import { toFloat } from './float.js';
import { TemplateError } from '../template-error.js';

/** The values of all documents in a YAML text. @throws TemplateError if it is invalid */
export function parseAllYaml(source: string): unknown[] {
  const documents = splitDocuments(source);
  return documents.map((one) => {
    try {
      return parseYaml(one, 'the text given to from_yaml', { float: toFloat }).data;
    } catch (error) {
      if (!(error instanceof BuilderError)) throw error;
      throw new TemplateError(`This is not valid YAML: ${error.message}`, error.hint);
    }
  });
}

function splitDocuments(source: string): string[] {
  const parts = source.split(/^---(?=\s|$)|^\.\.\.(?=\s|$)/m);
  const marked = source.match(/^---(?=\s|$)|^\.\.\.(?=\s|$)/gm) ?? [];
  if (parts.length === 1) return source.trim() === '' ? [] : [source];
  return parts.filter((part, index) => {
    const blank = part.replace(/^\s*(?:#.*|%.*)?$/gm, '').trim() === '';
    return !blank || (index > 0 && marked[index - 1] === '---');
  });
}
