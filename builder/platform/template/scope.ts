import type { BuilderError } from '../../errors.js';
import type { YamlPath } from '../../yaml/yaml.js';
import type { Pending } from './pending.js';
import type { Template } from './template.js';

/** A resource that a value names, or one of its attributes. */
export interface Reference {
  readonly resource: string;
  readonly attribute?: string;
}

/** The value of a parameter: lists are lists, numbers are numbers; pending where it is another stack's to say. */
export type ParameterValue = string | number | readonly string[] | Pending;

/** What intrinsic functions are computed from. */
export interface Scope {
  readonly template: Template;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** `AWS::Region` and its like. */
  readonly pseudo: Readonly<Record<string, string>>;
  /** What `Fn::GetAZs` gives. */
  readonly zones: readonly string[];
  /** Whether a condition holds. @throws BuilderError where there is none of that name */
  condition(name: string, path: YamlPath): boolean;
  /** What stands for a resource. */
  attribute(reference: Reference, path: YamlPath): unknown;
  fail(message: string, path: YamlPath, hint?: string): BuilderError;
}
