import { pythonLiteral } from '../python/python-literal.js';
import { TemplateError } from '../template-error.js';
import { nearestName } from '../../nearest-name.js';

/** The syntax of a template; names as in Jinja's environment. */
export interface LexOptions {
  readonly block_start_string: string;
  readonly block_end_string: string;
  readonly variable_start_string: string;
  readonly variable_end_string: string;
  readonly comment_start_string: string;
  readonly comment_end_string: string;
  readonly trim_blocks: boolean;
  readonly lstrip_blocks: boolean;
  readonly newline_sequence: string;
  readonly keep_trailing_newline: boolean;
}

/** Ansible's defaults. */
export const defaultLexOptions: LexOptions = {
  block_start_string: '{%',
  block_end_string: '%}',
  variable_start_string: '{{',
  variable_end_string: '}}',
  comment_start_string: '{#',
  comment_end_string: '#}',
  trim_blocks: true,
  lstrip_blocks: false,
  newline_sequence: '\n',
  keep_trailing_newline: false,
};

const MARK = '#jinja2:';

/** Removes a `#jinja2: name: value, …` line from a template's start. @throws TemplateError for an unknown option */
export function readHeader(text: string, options: LexOptions): { text: string; options: LexOptions } {
  if (!text.startsWith(MARK)) return { text, options };
  const end = text.indexOf('\n');
  const line = text.slice(MARK.length, end);
  const changed: Record<string, unknown> = { ...options };
  for (const pair of line.split(',')) {
    const colon = pair.indexOf(':');
    if (colon < 0)
      throw new TemplateError(
        `The "#jinja2:" line can't be read at "${pair.trim()}"`,
        'Write "name: value", separated by commas.',
        { line: 1, column: 1 },
      );
    setOption(changed, pair.slice(0, colon).trim(), pair.slice(colon + 1).trim());
  }
  return { text: text.slice(end + 1), options: changed as unknown as LexOptions };
}

function setOption(options: Record<string, unknown>, name: string, source: string): void {
  const known = Object.hasOwn(defaultLexOptions, name);
  const value = pythonLiteral(source);
  const wanted = typeof defaultLexOptions[name as keyof LexOptions];
  if (known && wanted === 'boolean' && value !== undefined) options[name] = Boolean(value);
  else if (known && typeof value === wanted && value !== '') options[name] = value;
  else {
    const near = nearestName(name, Object.keys(defaultLexOptions));
    throw new TemplateError(
      known
        ? `The "#jinja2:" line gives no ${wanted} for "${name}": ${source}`
        : `The "#jinja2:" line sets "${name}", which is not supported`,
      known
        ? 'Write a string in quotes, True or False.'
        : near === undefined
          ? undefined
          : `Did you mean "${near}"?`,
      { line: 1, column: 1 },
    );
  }
}
