import { BuilderError, SpecError } from '../../errors.js';
import type { YamlPath } from '../../yaml/yaml.js';
import { holds } from './conditions.js';
import { noValue } from './pending.js';
import { type GivenValue, resolveParameters } from './resolve-parameters.js';
import { resolveValue } from './resolve-value.js';
import type { ParameterValue, Reference, Scope } from './scope.js';
import type { Template, TemplateResource } from './template.js';
import { type Surroundings, exists, notingScope, templateScope } from './template-scope.js';

/** What a template is resolved with. */
export interface TemplateInputs extends Surroundings {
  readonly parameters?: Readonly<Record<string, GivenValue>>;
}

/** A resource whose condition holds, as plain data. */
export interface ResolvedResource extends Omit<TemplateResource, 'Condition'> {
  /** The resources that it names, in properties and `DependsOn`: made before it, deleted after it. */
  readonly references: readonly Reference[];
}

export interface ResolvedTemplate {
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly conditions: Readonly<Record<string, boolean>>;
  readonly resources: Readonly<Record<string, ResolvedResource>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * A template as plain data for the parameters given: conditions are applied and intrinsic functions computed, as
 * CloudFormation does it (User Guide, "Intrinsic function reference"). Rules are enforced.
 * @throws SpecError with all that is wrong: parameters, functions, names of what is not there
 */
export function resolveTemplate(template: Template, inputs: TemplateInputs = {}): ResolvedTemplate {
  const problems: BuilderError[] = [];
  const parameters = resolveParameters(template, inputs.parameters ?? {}, problems);
  if (problems.length > 0) throw new SpecError(problems);
  const scope = templateScope(template, parameters, inputs);
  const each = collecting(problems);
  const conditions = each(template.Conditions, (name) => scope.condition(name, ['Conditions', name]));
  each(template.Rules, (name) => enforceRule(name, scope));
  const resources = each(template.Resources, (name) => resolveResource(name, scope));
  const outputs = each(template.Outputs, (name) => resolveOutput(name, scope));
  if (problems.length > 0) throw new SpecError(problems);
  return { parameters, conditions, resources, outputs };
}

/** Makes something of each member of a mapping, leaves out what is undefined, and keeps errors for later. */
function collecting(problems: BuilderError[]) {
  return <T, R>(members: Readonly<Record<string, T>>, make: (name: string) => R | undefined) => {
    const made: Record<string, R> = {};
    for (const name of Object.keys(members))
      try {
        const value = make(name);
        if (value !== undefined) made[name] = value;
      } catch (error) {
        if (!(error instanceof BuilderError)) throw error;
        problems.push(error);
      }
    return made;
  };
}

function resolveResource(name: string, scope: Scope): ResolvedResource | undefined {
  const path = ['Resources', name];
  if (!exists(scope, name, path)) return undefined;
  const { Condition: _, ...resource } = scope.template.Resources[name] as TemplateResource;
  const references = new Map<string, Reference>();
  const noting = notingScope(scope, references);
  const dependsOn = resource.DependsOn.filter((other, index) => {
    const at = [...path, 'DependsOn', index];
    // CloudFormation forgets about those that are not made.
    if (!exists(scope, other, at)) return false;
    noting.attribute({ resource: other }, at);
    return true;
  });
  const { Metadata: _metadata, DependsOn: _names, ...computed } = resource;
  const values = resolveValue(computed, noting, path) as Omit<ResolvedResource, 'references' | 'DependsOn'>;
  const metadata = resource.Metadata === undefined ? {} : { Metadata: resource.Metadata };
  return { ...values, ...metadata, DependsOn: dependsOn, references: [...references.values()] };
}

function resolveOutput(name: string, scope: Scope): unknown {
  const path = ['Outputs', name];
  const output = scope.template.Outputs[name];
  if (output?.Condition !== undefined && !scope.condition(output.Condition, path)) return undefined;
  const value = resolveValue(output?.Value, scope, [...path, 'Value']);
  return value === noValue ? undefined : value;
}

function enforceRule(name: string, scope: Scope): void {
  const { RuleCondition: when, Assertions: assertions = [] } = scope.template.Rules[name] ?? {};
  const path: YamlPath = ['Rules', name];
  if (when !== undefined && !holds(when, scope, [...path, 'RuleCondition'])) return;
  for (const [index, { Assert: assertion, AssertDescription: words }] of assertions.entries()) {
    const at = [...path, 'Assertions', index];
    if (!holds(assertion, scope, [...at, 'Assert']))
      throw scope.fail(words ?? `The rule ${name} is broken`, at);
  }
}
