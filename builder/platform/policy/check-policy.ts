import type { EnvironmentSpec } from '../../spec/load-environment.js';
import type { PlatformStack } from '../graph/platform.js';
import { resolveStack } from '../template/render-template.js';
import type { Rule, Subject } from './rule.js';
import { capacityRules } from './rules/capacity-rules.js';
import { dataRules } from './rules/data-rules.js';
import { networkRules } from './rules/network-rules.js';
import { serviceRules } from './rules/service-rules.js';
import { statementRules } from './rules/statement-rules.js';
import { waiverCounts, waiversOf } from './waivers.js';

export const policyRules: readonly Rule[] = [
  ...networkRules,
  ...dataRules,
  ...serviceRules,
  ...statementRules,
  ...capacityRules,
];

/** A resource that does not pass a control. */
export interface Finding {
  readonly rule: string;
  readonly title: string;
  readonly stack: string;
  readonly resource: string;
  /** Why it need not; undefined where nobody said so. */
  readonly waived: string | undefined;
}

/** All resources of a platform, as they will be. */
export function subjectsOf(stacks: readonly PlatformStack[], environment: EnvironmentSpec): Subject[] {
  const all: Subject[] = [];
  for (const stack of stacks)
    for (const [id, resource] of Object.entries(resolveStack(stack).resources))
      all.push({
        id,
        type: resource.Type,
        properties: resource.Properties,
        resource,
        stack,
        environment,
        all,
      });
  return all;
}

/** What of a platform does not pass our rules: AWS Security Hub's controls, and those of this project. */
export function checkPolicy(
  stacks: readonly PlatformStack[],
  environment: EnvironmentSpec,
  rules: readonly Rule[] = policyRules,
): Finding[] {
  const waivers = new Map(stacks.map((stack) => [stack.name, waiversOf(stack.template)]));
  return subjectsOf(stacks, environment).flatMap((subject) =>
    rules
      .filter(({ types, passes }) => types.includes(subject.type) && !passes(subject))
      .map(({ id, title, alias = id, explain }) => ({
        rule: id,
        title: explain?.(subject) ?? title,
        stack: subject.stack.name,
        resource: subject.id,
        waived: waivers
          .get(subject.stack.name)
          ?.find(
            (one) =>
              one.resource === subject.id &&
              [id, alias].includes(one.rule) &&
              waiverCounts(one, subject.stack),
          )?.reason,
      })),
  );
}
