import { join } from 'node:path';
import { BuilderError, SpecError } from '../../errors.js';
import type { Sources } from '../parse/load-source.js';
import { Parsing } from '../parse/parsing.js';
import { Inventory } from './inventory.js';
import { readIniInventory } from './ini-inventory.js';
import { readYamlInventory } from './yaml-inventory.js';

/** Names to skip in an inventory folder (Ansible's INVENTORY_IGNORE). */
const ignored = /~$|\.(pyc|pyo|swp|bak|rpm|md|txt|rst|orig|cfg|retry)$|^\.|^(group|host)_vars$/;

/** Reads an inventory: a file, INI or YAML, or a folder of such files. @throws BuilderError, SpecError */
export function readInventory(path: string, sources: Sources): Inventory {
  const inventory = new Inventory();
  const { files } = sources;
  const paths = files.isFolder(path)
    ? files
        .names(path)
        .filter((name) => !ignored.test(name))
        .map((name) => join(path, name))
        .filter((one) => files.isFile(one))
    : [path];
  for (const one of paths) readFile(one, sources, inventory);
  return inventory;
}

function readFile(path: string, sources: Sources, inventory: Inventory): void {
  const { files } = sources;
  const name = files.nameOf(path);
  const text = files.readText(path);
  if (text.startsWith('#!'))
    throw new BuilderError('An inventory that is a program is not supported', {
      code: 'invalid',
      origin: { file: name, line: 1, column: 1 },
      hint: 'Write its output to a file: ansible-inventory -i FILE --list --yaml --output hosts.yml.',
    });
  if (!/\.(ya?ml|json)$/.test(path)) return readIniInventory(text, name, inventory);
  const problems: BuilderError[] = [];
  readYamlInventory(new Parsing(sources.document(path), problems), inventory);
  if (problems.length > 0) throw new SpecError(problems);
}
