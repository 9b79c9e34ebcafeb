import type { EnvironmentSpec } from '../../spec/load-environment.js';
import type { PlatformStack } from '../graph/platform.js';
import { lookUp } from '../graph/references.js';
import type { ResolvedResource } from '../template/resolve-template.js';

/** A resource of a platform, with what is around it. */
export interface Subject {
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly resource: ResolvedResource;
  readonly stack: PlatformStack;
  readonly environment: EnvironmentSpec;
  /** All resources of the platform. */
  readonly all: readonly Subject[];
}

/** A control that a resource passes or not. */
export interface Rule {
  /** The control's id at AWS Security Hub, "RDS.3", or a name of ours. */
  readonly id: string;
  /** What must hold: "Storage is encrypted". */
  readonly title: string;
  /** What another checker calls the same finding; a waiver of either counts. */
  readonly alias?: string;
  readonly types: readonly string[];
  passes(subject: Subject): boolean;
  /** What exactly is wrong, where the title does not say it. */
  explain?(subject: Subject): string;
}

/** A rule for resources of one type, of which it looks at properties alone. */
export function rule(
  id: string,
  title: string,
  type: string,
  passes: (properties: Properties, subject: Subject) => boolean,
): Rule {
  return {
    id,
    title,
    types: [`AWS::${type}`],
    passes: (subject) => passes(propertiesOf(subject.properties), subject),
  };
}

/** Properties, asked for by their path: "LoggingConfig.LogGroup". */
export interface Properties {
  (path: string): unknown;
  /** Whether it is the boolean true, as CloudFormation takes it. */
  isTrue(path: string): boolean;
  isFalse(path: string): boolean;
  /** A list; empty where there is none. */
  list(path: string): readonly unknown[];
  /** A list of mappings. */
  each(path: string): readonly Properties[];
  /** The value of a member of a list of Key and Value. */
  attribute(path: string, key: string): string;
}

export function propertiesOf(data: unknown): Properties {
  const get = (path: string): unknown => lookUp(data, path.split('.'));
  const list = (path: string): readonly unknown[] => {
    const value = get(path);
    return Array.isArray(value) ? value : [];
  };
  return Object.assign(get, {
    isTrue: (path: string) => String(get(path)) === 'true',
    isFalse: (path: string) => String(get(path)) === 'false',
    list,
    each: (path: string) => list(path).map(propertiesOf),
    attribute: (path: string, key: string) => {
      const found = list(path)
        .map(propertiesOf)
        .find((one) => one('Key') === key);
      return String(found?.('Value') ?? '');
    },
  });
}
