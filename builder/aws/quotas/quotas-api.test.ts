import t from 'tap';
import { awsAnswers } from '../../testing/aws-answers.js';
import { awsServices } from '../aws-services.js';

const { quotas } = awsServices('eu-central-1');

t.test("an account's own quota counts, else AWS's default, else none is known", async (t) => {
  const own: Record<string, number> = { 'L-1': 12 };
  const defaults: Record<string, number> = { 'L-1': 5, 'L-2': 7 };
  await awsAnswers(t, ({ action, input }) => {
    const code = input['QuotaCode'] as string;
    const value = (action === 'GetServiceQuota' ? own : defaults)[code];
    return value === undefined
      ? { error: 'NoSuchResourceException', message: 'The request failed' }
      : { body: { Quota: { ServiceCode: 'ec2', QuotaCode: code, Value: value } } };
  });
  t.equal(await quotas.quota('ec2', 'L-1'), 12);
  t.equal(await quotas.quota('ec2', 'L-2'), 7);
  t.equal(await quotas.quota('ec2', 'L-3'), undefined);
});
