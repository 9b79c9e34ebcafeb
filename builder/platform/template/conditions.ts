import type { YamlPath } from '../../yaml/yaml.js';
import { intrinsicOf, isPending } from './pending.js';
import { resolveValue } from './resolve-value.js';
import type { Scope } from './scope.js';

type Test = (argument: unknown, scope: Scope, path: YamlPath) => boolean;

const every: Test = (argument, scope, path) =>
  items(argument).every((item, index) => holds(item, scope, [...path, index]));

/** The functions that conditions and rules are made of. */
const tests: Readonly<Record<string, Test>> = {
  'Fn::And': every,
  'Fn::Or': (argument, scope, path) =>
    items(argument).some((item, index) => holds(item, scope, [...path, index])),
  'Fn::Not': (argument, scope, path) => !every(argument, scope, path),
  'Fn::Equals': (argument, scope, path) => {
    const [one, other] = items(argument).map((item, index) => resolveValue(item, scope, [...path, index]));
    // What another stack will say is never the text it is compared with: that is "", a switch, a mode.
    return !isPending([one, other]) && String(one) === String(other);
  },
  'Fn::Contains': (argument, scope, path) => {
    const [list, item] = items(argument).map((part, index) => resolveValue(part, scope, [...path, index]));
    return items(list).map(String).includes(String(item));
  },
  Condition: (argument, scope, path) => scope.condition(String(argument), path),
};

/** Whether the definition of a condition, or a rule's assertion, is true. @throws BuilderError where it is neither */
export function holds(definition: unknown, scope: Scope, path: YamlPath): boolean {
  const call = intrinsicOf(definition);
  const test = call && tests[call.name];
  if (call === undefined || test === undefined)
    throw scope.fail('This is not a condition', path, `Conditions are: ${Object.keys(tests).join(', ')}.`);
  return test(call.argument, scope, [...path, call.name]);
}

function items(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}
