import type { YamlPath } from '../../yaml/yaml.js';
import { insteadOf, intrinsicFunctions } from './intrinsic-functions.js';
import { intrinsicOf, noValue } from './pending.js';
import type { Scope } from './scope.js';

/**
 * A value of a template as plain data: intrinsic functions are computed, what is set to `AWS::NoValue` is left out,
 * dynamic references (`{{resolve:…}}`) stay as they are. What a scope can't say yet stays an intrinsic function.
 * `noValue` where the whole value is none.
 * @throws BuilderError at the place of the first function that is wrong
 */
export function resolveValue(value: unknown, scope: Scope, path: YamlPath): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return value
      .map((item, index) => resolveValue(item, scope, [...path, index]))
      .filter((item) => item !== noValue);
  const call = intrinsicOf(value);
  // A statement of a policy or a rule may have a member `Condition` of its own, which is no function.
  if (call === undefined || call.name === 'Condition') return members(value, scope, path);
  const compute = intrinsicFunctions[call.name];
  if (compute === undefined) throw scope.fail(`${call.name} is not known here`, path, insteadOf(call.name));
  const at = [...path, call.name];
  return compute(call.argument, {
    scope,
    path: at,
    resolve: (part, ...below) => resolveValue(part, scope, [...at, ...below]),
  });
}

function members(value: object, scope: Scope, path: YamlPath): Record<string, unknown> {
  const resolved = Object.entries(value).map(([key, item]): [string, unknown] => [
    key,
    resolveValue(item, scope, [...path, key]),
  ]);
  return Object.fromEntries(resolved.filter(([, item]) => item !== noValue));
}
