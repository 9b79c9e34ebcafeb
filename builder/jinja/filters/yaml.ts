import { parseAllYaml } from '../python/yaml-load.js';
import { dumpYaml } from '../python/yaml-dump.js';
import type { FilterTable } from '../python/jinja-environment.js';
import { type Mapping, integer, isTrue } from '../python/python-value.js';
import { TemplateError } from '../template-error.js';

/** Takes keyword arguments like PyYAML's `dump`. */
function dump(value: unknown, flow: unknown, options: Mapping): string {
  const {
    indent,
    width,
    sort_keys: sortKeys,
    explicit_start: start,
    explicit_end: end,
    default_flow_style: given = flow,
    ...rest
  } = options;
  const wrong = Object.keys(rest).find((name) => name !== 'allow_unicode' && name !== 'vault_to_text');
  if (wrong !== undefined)
    throw new TemplateError(
      `"${wrong}" is not supported by this filter`,
      'It takes indent, width, sort_keys, default_flow_style, explicit_start and explicit_end.',
    );
  return dumpYaml(value, {
    indent: indent === undefined || indent === null ? 2 : integer(indent),
    width: width === undefined || width === null ? 80 : Number(width),
    sortKeys: sortKeys === undefined || isTrue(sortKeys),
    flow: given === null || given === undefined ? 'leaves' : isTrue(given) ? 'all' : 'none',
    explicitStart: isTrue(start),
    explicitEnd: isTrue(end),
  });
}

/** YAML filters; they write and read like PyYAML with libyaml. */
export const yamlFilters: FilterTable = {
  from_yaml: [
    '',
    (value) => {
      if (typeof value !== 'string') return value;
      const documents = parseAllYaml(value);
      if (documents.length > 1)
        throw new TemplateError('This YAML has more than one document', 'Use from_yaml_all.');
      return documents[0] ?? null;
    },
  ],
  from_yaml_all: ['', (value) => (typeof value === 'string' ? parseAllYaml(value) : value)],
  to_nice_yaml: [
    'indent? **options',
    (value, [indent = 4, options]) => dump(value, false, { indent, ...(options as Mapping) }),
  ],
  to_yaml: ['**options', (value, [options]) => dump(value, null, options as Mapping)],
};
