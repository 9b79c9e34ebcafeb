import { resolvePlatform } from '../../graph/resolve-platform.js';
import { repositoryOf } from '../inputs/image-input.js';
import type { Deployment } from './deployment.js';

/** Pushes the newest build; from then on its digest, as the registry has it, is what stacks are given. @throws BuilderError */
export async function publishImage(deployment: Deployment): Promise<void> {
  const { context, view, outputs } = deployment;
  const { publish, values } = view.inputs;
  if (publish === undefined) return;
  const made = outputs.get('registry')?.['RepositoryUri'];
  const repository =
    context.spec.registry === undefined && made !== undefined
      ? made
      : await repositoryOf({ context, there: view.there, isKnown: true });
  const digest = await context.releases.publish(publish, repository ?? publish);
  const image = `${repository}@${digest}`;
  if (values['image'] === image) return;
  deployment.stacks = resolvePlatform(context.platform, {
    name: context.name,
    environment: context.spec,
    inputs: { ...values, image },
  });
}
