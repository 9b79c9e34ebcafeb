import { BuilderError } from '../../../errors.js';
import type { EnvironmentSpec } from '../../../spec/load-environment.js';
import { checkCapacity } from '../check-capacity.js';
import type { Rule } from '../rule.js';

/** Why tasks do not fit their instances; undefined where they do. */
function misfit(environment: EnvironmentSpec): string | undefined {
  try {
    checkCapacity(environment);
    return undefined;
  } catch (error) {
    if (!(error instanceof BuilderError)) throw error;
    return error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
  }
}

/** Tasks and what they run on. */
export const capacityRules: readonly Rule[] = [
  {
    id: 'capacity',
    title: 'Tasks fit their instances while a deployment replaces them',
    types: ['AWS::AutoScaling::AutoScalingGroup'],
    passes: ({ environment }) => misfit(environment) === undefined,
    explain: ({ environment }) => misfit(environment) ?? '',
  },
];
