import { BuilderError, type Origin } from '../../errors.js';
import { pythonLiteral } from '../../jinja/python/python-literal.js';
import { shellWords } from '../../modules/root/shell-words.js';
import { hostNames } from './host-names.js';
import type { Inventory } from './inventory.js';

/** Reads an inventory in INI form (ansible/plugins/inventory/ini.py). @throws BuilderError with the line of the error */
export function readIniInventory(text: string, file: string, inventory: Inventory): void {
  let section: { readonly group: string; readonly kind: string } = { group: 'ungrouped', kind: 'hosts' };
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || /^[#;]/.test(line)) continue;
    const origin = { file, line: index + 1, column: 1 };
    const [, group, kind = 'hosts'] = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/.exec(line) ?? [];
    if (group === undefined) readLine(line, section, { inventory, origin });
    else if (!['hosts', 'children', 'vars'].includes(kind))
      throw wrong(`There is no section "${kind}"`, origin);
    else {
      section = { group, kind };
      inventory.group(group);
    }
  }
}

function readLine(
  line: string,
  { group, kind }: { readonly group: string; readonly kind: string },
  { inventory, origin }: { readonly inventory: Inventory; readonly origin: Origin },
): void {
  const target = inventory.group(group);
  if (kind === 'vars') {
    const at = line.indexOf('=');
    if (at < 1) throw wrong('A variable of a group must be name=value', origin);
    const value = valueOf(line.slice(at + 1).trim());
    target.variables = { ...target.variables, [line.slice(0, at).trim()]: value };
    return;
  }
  const [name = '', ...pairs] = shellWords(line.replace(/\s+#.*$/, ''));
  if (kind === 'children') {
    target.children.add(name);
    inventory.group(name);
    return;
  }
  const variables = pairs.map((pair): [string, unknown] => {
    const at = pair.indexOf('=');
    if (at < 1) throw wrong(`Expected name=value after the host, got: ${pair}`, origin);
    return [pair.slice(0, at), valueOf(pair.slice(at + 1))];
  });
  for (const host of hostNames(name)) inventory.addHost(host, group, Object.fromEntries(variables));
}

/** Literals of Python become values; all else, including words of JSON and YAML, stays text. */
function valueOf(text: string): unknown {
  return /^(true|false|null)$/.test(text) ? text : (pythonLiteral(text) ?? (text === 'None' ? null : text));
}

function wrong(message: string, origin: Origin): BuilderError {
  return new BuilderError(message, { code: 'invalid', origin });
}
