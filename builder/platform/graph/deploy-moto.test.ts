import t from 'tap';
import { loadEnvironment } from '../../spec/load-environment.js';
import { CloudFormationDeploy } from '../../testing/cloudformation-deploy.js';
import { MotoServer } from '../../testing/moto-server.js';
import { loadPlatform } from './load-platform.js';
import type { PlatformStack } from './platform.js';
import { resolvePlatform } from './resolve-platform.js';

/** What moto 5.2.5 makes as it is written; docs/aws-proof.md names the others, and what shows them. */
const known = ['registry', 'network', 'logs-bucket', 'nat', 'endpoints', 'security', 'edge', 'cluster'];

/** Stacks one after the other, each fed from those before; with what became of each. */
async function deployAll(
  deploy: CloudFormationDeploy,
  stacks: readonly PlatformStack[],
): Promise<Record<string, string>> {
  const outputs = new Map<string, Record<string, string>>();
  const done: Record<string, string> = {};
  for (const stack of stacks) {
    done[stack.name] = await deploy.deploy(stack, outputs);
    outputs.set(stack.name, await deploy.outputs(stack));
  }
  return done;
}

t.test('what moto knows of the graph is created, left alone, changed and destroyed', async (t) => {
  const deploy = new CloudFormationDeploy((await MotoServer.start(t)).url);
  const environment = loadEnvironment('.', 'dev');
  const platform = loadPlatform('.');
  // Outputs of others, which moto can't make.
  const group = { kind: 'known', value: 'dev-exec' } as const;
  const key = { kind: 'known', value: '' } as const;
  const stacksOf = (settings: typeof environment): PlatformStack[] =>
    resolvePlatform(platform, { name: 'dev', environment: settings })
      .filter(({ name }) => known.includes(name))
      .map((stack) =>
        stack.name === 'cluster'
          ? { ...stack, parameters: { ...stack.parameters, ExecLogGroup: group, DataKeyArn: key } }
          : stack,
      );
  const stacks = stacksOf(environment);
  const all = (what: string): Record<string, string> =>
    Object.fromEntries(stacks.map(({ name }) => [name, what]));

  t.strictSame(await deployAll(deploy, stacks), all('created'));
  for (const stack of stacks) {
    const declared = Object.keys(stack.template.Outputs).sort();
    t.strictSame(Object.keys(await deploy.outputs(stack)).sort(), declared, `${stack.name} has its outputs`);
  }
  t.strictSame(await deployAll(deploy, stacks), all('unchanged'));

  const { observability } = environment;
  const longer = stacksOf({ ...environment, observability: { ...observability, retentionDays: 30 } });
  t.strictSame(await deployAll(deploy, longer), { ...all('unchanged'), 'logs-bucket': 'updated' });

  // moto takes a VPC before what is in it, and fails: its own order, not that of references.
  const gone = stacks.filter(({ name }) => name !== 'network');
  for (const stack of gone.toReversed()) await deploy.destroy(stack);
  for (const stack of gone) t.equal(await deploy.describe(stack), undefined, `${stack.name} is gone`);
});
