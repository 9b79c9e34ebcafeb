import { CloudFormationApi } from '../aws/cloudformation/cloudformation-api.js';
import { callerIdentity } from '../aws/sts/caller-identity.js';
import type { BuildContext } from '../context.js';
import { BuilderError } from '../errors.js';
import { CloudFormationDriver } from '../platform/cloudformation/cloudformation-driver.js';
import type { PlatformDriver } from '../platform/driver.js';
import { loadPlatform } from '../platform/graph/load-platform.js';
import { resolvePlatform } from '../platform/graph/resolve-platform.js';
import type { EnvironmentSpec } from '../spec/load-environment.js';

/**
 * The platform of an environment on AWS, as far as it goes: its plan and its state. What would change anything is refused until
 * the whole way is there: push, one-off tasks, and checks of what came up.
 * @throws BuilderError, SpecError where the graph or a template is wrong
 */
export function openAwsPlatform(name: string, spec: EnvironmentSpec, context: BuildContext): PlatformDriver {
  const { reporter, signal, projectFolder } = context;
  const platform = loadPlatform(projectFolder);
  const apis = new Map<string, CloudFormationApi>();
  const driver = new CloudFormationDriver({
    name,
    spec,
    stacks: () => resolvePlatform(platform, { name, environment: spec }),
    api: (region) => {
      const known = apis.get(region) ?? new CloudFormationApi(region);
      apis.set(region, known);
      return known;
    },
    account: async () => (await callerIdentity(spec.region ?? 'us-east-1', signal)).account,
    reporter,
    signal,
    token: String(Date.now()),
  });
  const refuse = (what: string) => (): never => {
    throw new BuilderError(`platen does not ${what} on AWS yet`, {
      code: 'failed',
      hint: `"platen provision --env ${name} --plan" and "platen status --env ${name}" work; infra-cfn/README.md says how to deploy the stacks by hand.`,
    });
  };
  return {
    plan: (wish) => driver.plan(wish),
    status: () => driver.status(),
    watch: (everyMs) => driver.watch(everyMs),
    check: refuse('check an account'),
    apply: refuse('deploy'),
    logs: refuse('read logs'),
    exec: refuse('run commands'),
    rollBack: refuse('roll back'),
    backup: refuse('back up'),
    restore: refuse('restore'),
    planDestroy: refuse('destroy'),
    destroy: refuse('destroy'),
  };
}
