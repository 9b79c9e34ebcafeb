import type { BuildContext } from '../context.js';
import { BuilderError } from '../errors.js';
import { requireAccount } from '../platform/cloudformation/aws-account.js';
import { stackThere } from '../platform/cloudformation/former-stacks.js';
import { resolvePlatform } from '../platform/graph/resolve-platform.js';
import { loadEnvironment } from '../spec/load-environment.js';
import { awsContext } from './open-aws-platform.js';

/**
 * The registry's host for an environment on AWS whose file has none: what the account's stack `registry` gave. Undefined where
 * the environment has no such stack.
 * @throws BuilderError `usage` where the stack is not there yet, or the credentials are another account's; NoCredentialsError
 */
export async function accountRegistry(name: string, context: BuildContext): Promise<string | undefined> {
  const spec = loadEnvironment(context.projectFolder, name);
  if (spec.local !== undefined || spec.region === undefined) return undefined;
  const aws = awsContext(name, spec, context);
  const wanted = resolvePlatform(aws.platform, { name, environment: spec });
  const stack = wanted.find((one) => one.name === 'registry');
  if (stack === undefined) return undefined;
  await requireAccount(aws);
  const host = (await stackThere(aws, stack))?.outputs['RegistryHost'];
  if (host !== undefined) return host;
  throw new BuilderError(`${spec.file} has no registry, and the stack ${stack.stackName} is not there yet`, {
    code: 'usage',
    hint: `Make it with "npm run provision -- --env ${name}", which pushes the image itself, or give --registry HOST[/PREFIX].`,
  });
}
