import type { JinjaEnvironment } from '../python/jinja-environment.js';
import { filters } from '../filters/filter-table.js';
import type { Mapping } from '../python/python-value.js';
import { bind } from '../python/signature.js';
import { unknownName } from './template-cache.js';
import { tests } from '../functions/test-table.js';

/** A call of a filter or test by name. */
interface Application {
  readonly name: string;
  readonly value: unknown;
  readonly args: unknown[];
  readonly named: Mapping;
}

/** @throws TemplateError if there is no such filter */
export function applyFilter(
  { name, value, args, named }: Application,
  environment: JinjaEnvironment,
): unknown {
  const found = Object.hasOwn(filters, name) ? filters[name] : undefined;
  if (!found) throw unknownName('filter', name);
  return found[1](value, bind(name, found[0], args, named), environment);
}

/** @throws TemplateError if there is no such test */
export function applyTest({ name, value, args, named }: Application, environment: JinjaEnvironment): boolean {
  const found = Object.hasOwn(tests, name) ? tests[name] : undefined;
  if (!found) throw unknownName('test', name);
  return found[1](value, bind(name, found[0], args, named), environment);
}
