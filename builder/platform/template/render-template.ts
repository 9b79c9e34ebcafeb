import type { PlatformStack } from '../graph/platform.js';
import type { GivenValue } from './resolve-parameters.js';
import { type ResolvedTemplate, resolveTemplate } from './resolve-template.js';

/** The parameters of a stack as far as they are known: those that outputs of others feed stay references to themselves. */
export function knownParameters(stack: PlatformStack): Record<string, GivenValue> {
  return Object.fromEntries(
    Object.entries(stack.parameters).map(([name, given]) => [
      name,
      given.kind === 'known' ? given.value : { Ref: name },
    ]),
  );
}

/** Plans, policies and costs all ask for it. */
const resolvedStacks = new WeakMap<PlatformStack, ResolvedTemplate>();

/** What a stack will be, before any other is there; the same for the same stack. @throws SpecError */
export function resolveStack(stack: PlatformStack): ResolvedTemplate {
  const known = resolvedStacks.get(stack);
  if (known !== undefined) return known;
  const resolved = resolveTemplate(stack.template, {
    parameters: knownParameters(stack),
    pseudo: stack.region === undefined ? {} : { 'AWS::Region': stack.region },
  });
  resolvedStacks.set(stack, resolved);
  return resolved;
}

/**
 * A stack's template with all that is known filled in and conditions applied: plain data that CloudFormation, and
 * programs that check templates, take in place of the template.
 */
export function renderTemplate(stack: PlatformStack): Record<string, unknown> {
  const { resources, outputs } = resolveStack(stack);
  const { Parameters: declared, Description, Transform } = stack.template;
  const fed = Object.entries(stack.parameters).flatMap(([name, { kind }]) =>
    kind === 'known' ? [] : [name],
  );
  // Without its default, which it will not have.
  const parameter = (name: string) => ({ ...declared[name], Default: undefined });
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    ...(Transform === undefined ? {} : { Transform }),
    Description,
    Parameters: Object.fromEntries(fed.map((name) => [name, parameter(name)])),
    Resources: Object.fromEntries(
      Object.entries(resources).map(([name, { DependsOn: needs, ...resource }]) => [
        name,
        { ...resource, references: undefined, ...(needs.length === 0 ? {} : { DependsOn: needs }) },
      ]),
    ),
    Outputs: Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }])),
  };
}
