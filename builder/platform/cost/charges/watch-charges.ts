import { propertiesOf } from '../../policy/rule.js';
import type { ChargeRule } from '../charge.js';

/** Keys, secrets, logs, alarms, mail. */
export const watchCharges: Readonly<Record<string, ChargeRule>> = {
  'AWS::KMS::Key': () => [{ what: 'Key', price: 'key', quantity: 1 }],
  'AWS::SecretsManager::Secret': () => [{ what: 'Secret', price: 'secret', quantity: 1 }],
  // The secret of the database's administrator is RDS's.
  'AWS::RDS::DBInstance': ({ properties }) =>
    propertiesOf(properties).isTrue('ManageMasterUserPassword')
      ? [{ what: 'Secret of its administrator', price: 'secret', quantity: 1 }]
      : [],
  'AWS::Logs::LogGroup': () => [
    { what: 'Logs written', price: 'log-data' },
    { what: 'Logs kept', price: 'log-kept' },
  ],
  'AWS::Logs::MetricFilter': ({ properties }) => [
    {
      what: 'Metric',
      price: 'metric',
      quantity: propertiesOf(properties).list('MetricTransformations').length,
    },
  ],
  'AWS::CloudWatch::Alarm': ({ properties }) => [
    {
      what: 'Alarm',
      price: 'alarm',
      quantity: Math.max(
        1,
        propertiesOf(properties)
          .each('Metrics')
          .filter((one) => one('MetricStat') !== undefined).length,
      ),
    },
  ],
  'AWS::CloudWatch::Dashboard': () => [{ what: 'Dashboard', price: 'dashboard', quantity: 1 }],
  'AWS::SES::EmailIdentity': () => [{ what: 'Mails', price: 'mail' }],
};
