import t from 'tap';
import type { PlatformStack } from '../graph/platform.js';
import { stackRequest } from './stack-request.js';

const cloudFormationRole = 'arn:aws:iam::123456789012:role/platen-prod-cloudformation';
const template = { source: { text: '{}' } } as PlatformStack['template'];

t.test(
  "stacks of an environment are tagged with it, and made by CloudFormation's role where one is named",
  async (t) => {
    const stack = { stackName: 'platen-prod-network', template, scope: 'environment' } as const;
    const request = { name: 'platen-prod-network', template: '{}', tags: { 'platen:environment': 'prod' } };
    t.same(stackRequest({ name: 'prod', spec: { cloudFormationRole } }, stack), {
      ...request,
      role: cloudFormationRole,
    });
    t.same(stackRequest({ name: 'prod', spec: {} }, stack), { ...request, role: undefined });
  },
);

t.test('stacks of the account are nobody else’s, and that role may not touch them', async (t) => {
  const stack = { stackName: 'platen-registry', template, scope: 'account' } as const;
  const { tags, role } = stackRequest({ name: 'prod', spec: { cloudFormationRole } }, stack);
  t.same({ tags, role }, { tags: { 'platen:scope': 'account' }, role: undefined });
});
