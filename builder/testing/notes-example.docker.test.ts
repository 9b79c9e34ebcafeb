import t from 'tap';
import { propertiesOf } from '../platform/policy/rule.js';
import { resolveStack } from '../platform/template/render-template.js';
import { buildForTest, removeTags } from './build-for-test.js';
import { ContainerNetwork } from './containers.js';
import { byHandVariant } from './platform-variants.js';
import type { TaskContainer } from './wordpress-task.js';

t.setTimeout(900_000);

/** How the template of the example has its container run. */
function taskOfTemplate(): TaskContainer & { readonly HealthCheck: { readonly Command: readonly string[] } } {
  const stack = byHandVariant().stacks.find(({ name }) => name === 'notes-app');
  if (stack === undefined) throw new Error('there is no template of it');
  const definition = propertiesOf(resolveStack(stack).resources['TaskDefinition']?.Properties);
  const [container] = definition.list('ContainerDefinitions');
  const limits = { Memory: Number(definition('Memory')), ephemeralVolumes: [] };
  const environment = { NOTES_TABLE: 'nowhere', AWS_REGION: 'eu-central-1' };
  return { ...(container as ReturnType<typeof taskOfTemplate>), ...limits, environment };
}

t.test(
  'the example’s image is built from its playbook, and healthy as its template has it run',
  async (t) => {
    const { reference, digest } = await buildForTest('notes', { projectFolder: 'infra-cfn/examples/notes' });
    t.teardown(() => removeTags(reference));
    t.match(digest, /^sha256:[0-9a-f]{64}$/);
    const network = await ContainerNetwork.create();
    t.teardown(() => network.remove());
    const task = taskOfTemplate();
    t.match(task, { User: '33:33', ReadonlyRootFilesystem: true });
    const container = await network.start({ image: reference, alias: 'notes', port: 8080, task });
    const [, ...check] = task.HealthCheck.Command;
    await container.until(check.join(' '), 30, task.User);
    const answer = await fetch(`${await container.origin()}/readyz`);
    t.strictSame([answer.status, await answer.text()], [200, 'ready']);
  },
);
