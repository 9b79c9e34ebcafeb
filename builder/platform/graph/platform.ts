import type { SourceDocument } from '../../yaml/yaml.js';
import type { GivenValue } from '../template/resolve-parameters.js';
import type { Template } from '../template/template.js';
import type { PlatformFile, StackEntry } from './platform-schema.js';

/** `platform.yaml` with its templates: all stacks that there may be. */
export interface Platform extends Omit<PlatformFile, 'stacks'> {
  readonly source: SourceDocument;
  readonly stacks: Readonly<Record<string, PlatformEntry>>;
}

export type PlatformEntry = StackEntry & { readonly definition: Template };

/** One stack's output. */
export interface OutputReference {
  readonly stack: string;
  readonly output: string;
}

/** A parameter's value: known, or made of outputs of other stacks once these are there. */
export type StackParameter =
  | { readonly kind: 'known'; readonly value: GivenValue }
  | { readonly kind: 'outputs'; readonly parts: readonly (string | OutputReference)[] };

/** A stack that an environment has. */
export interface PlatformStack {
  /** "network", as platform.yaml calls it. */
  readonly name: string;
  /** "platen-prod-network", as AWS does; without the environment's name where the account has one for all. */
  readonly stackName: string;
  readonly scope: 'account' | 'environment';
  /** Undefined where the environment says none. */
  readonly region: string | undefined;
  /** The template's path, relative to the project. */
  readonly file: string;
  readonly template: Template;
  readonly parameters: Readonly<Record<string, StackParameter>>;
  /** Names of the stacks that must be there first. */
  readonly dependsOn: readonly string[];
}
