import type { FilterTable } from '../python/jinja-environment.js';
import { TemplateError } from '../template-error.js';
import { basicFilters } from './basics.js';
import { dictFilters } from './dicts.js';
import { encodingFilters } from './encoding.js';
import { listFilters } from './lists.js';
import { numberFilters } from './numbers.js';
import { pathFilters } from './paths.js';
import { regexFilters } from './regex.js';
import { repeatableFilters } from './repeatable.js';
import { selectingFilters } from './selecting.js';
import { textFilters } from './text.js';
import { yamlFilters } from './yaml.js';

const refused = (names: Readonly<Record<string, string>>): FilterTable =>
  Object.fromEntries(
    Object.entries(names).map(([name, hint]) => [
      name,
      [
        '*args **named',
        () => {
          throw new TemplateError(`The filter "${name}" is not supported`, hint);
        },
      ],
    ]),
  );

const machine = 'The image would depend on the machine that builds it; write the path itself.';

/** All filters of Jinja 3.1 and ansible-core 2.14. */
export const filters: FilterTable = {
  ...basicFilters,
  ...dictFilters,
  ...encodingFilters,
  ...listFilters,
  ...numberFilters,
  ...pathFilters,
  ...regexFilters,
  ...repeatableFilters,
  ...selectingFilters,
  ...textFilters,
  ...yamlFilters,
  ...refused({
    expanduser: machine,
    expandvars: machine,
    realpath: machine,
    fileglob: 'Use lookup("fileglob", …).',
    to_datetime: 'Compare and format points in time with strftime and seconds.',
    unvault: 'Vaults are not supported; pass secrets when the image runs.',
    vault: 'Vaults are not supported; pass secrets when the image runs.',
    urlize: 'Write the links themselves.',
  }),
};
