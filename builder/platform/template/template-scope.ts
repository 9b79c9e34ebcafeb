import { BuilderError } from '../../errors.js';
import { nameHint } from '../../nearest-name.js';
import type { YamlPath } from '../../yaml/yaml.js';
import { holds } from './conditions.js';
import type { ParameterValue, Reference, Scope } from './scope.js';
import type { Template } from './template.js';

/** What a template is computed from, beside its parameters. */
export interface Surroundings {
  /** Pseudo parameters by their full names; those left out are an example's: account 123456789012, us-east-1. */
  readonly pseudo?: Readonly<Record<string, string>> | undefined;
  /** What `Fn::GetAZs` gives; by default the region's a, b and c. */
  readonly zones?: readonly string[] | undefined;
  /** What stands for a resource or its attribute; by default the function stays: `{ Ref: "Vpc" }`. */
  readonly attribute?: ((reference: Reference) => unknown) | undefined;
}

/** The scope of a whole template. Conditions are computed when they are first asked for. */
export function templateScope(
  template: Template,
  parameters: Readonly<Record<string, ParameterValue>>,
  { pseudo = {}, zones, attribute = asFunction }: Surroundings,
): Scope {
  const region = pseudo['AWS::Region'] ?? 'us-east-1';
  const conditions = new Map<string, boolean | undefined>();
  const fail = (message: string, path: YamlPath, hint?: string): BuilderError =>
    new BuilderError(message, { code: 'invalid', origin: template.source.originOf(path), hint });
  const scope: Scope = {
    template,
    parameters,
    pseudo: { ...examples(region), ...pseudo },
    zones: zones ?? ['a', 'b', 'c'].map((letter) => region + letter),
    fail,
    condition(name, path) {
      const definition = template.Conditions[name];
      if (definition === undefined)
        throw fail(`There is no condition "${name}"`, path, nameHint(name, Object.keys(template.Conditions)));
      const known = conditions.get(name);
      if (known !== undefined) return known;
      if (conditions.has(name)) throw fail(`The condition ${name} depends on itself`, path);
      conditions.set(name, undefined);
      const value = holds(definition, scope, ['Conditions', name]);
      conditions.set(name, value);
      return value;
    },
    attribute(reference, path) {
      if (!exists(scope, reference.resource, path))
        throw fail(`${reference.resource} is named here, but its condition is false`, path);
      return attribute(reference);
    },
  };
  return scope;
}

/** The same scope, which notes in `references` what is named. */
export function notingScope(scope: Scope, references: Map<string, Reference>): Scope {
  return {
    ...scope,
    attribute(reference, path) {
      const value = scope.attribute(reference, path);
      references.set(`${reference.resource}.${reference.attribute ?? ''}`, reference);
      return value;
    },
  };
}

/** Whether a resource is made at all. @throws BuilderError where the template has none of that name */
export function exists(scope: Scope, name: string, path: YamlPath): boolean {
  const { Resources: resources, Parameters: parameters } = scope.template;
  const resource = resources[name];
  if (resource === undefined)
    throw scope.fail(
      `There is no parameter or resource "${name}"`,
      path,
      nameHint(name, [...Object.keys(parameters), ...Object.keys(resources)]),
    );
  return resource.Condition === undefined || scope.condition(resource.Condition, path);
}

function asFunction({ resource, attribute }: Reference): unknown {
  return attribute === undefined ? { Ref: resource } : { 'Fn::GetAtt': [resource, attribute] };
}

function examples(region: string): Record<string, string> {
  return {
    'AWS::AccountId': '123456789012',
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': 'example',
    'AWS::StackId': `arn:aws:cloudformation:${region}:123456789012:stack/example/0`,
    'AWS::Region': region,
  };
}
