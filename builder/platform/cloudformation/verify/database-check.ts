import { servicesOf } from '../aws-account.js';
import type { Check } from './check.js';

/** States in which a database answers (Amazon RDS User Guide, "Viewing DB instance status"). */
const answering = new Set([
  'available',
  'backing-up',
  'configuring-enhanced-monitoring',
  'configuring-iam-database-auth',
  'configuring-log-exports',
  'storage-config-upgrade',
  'storage-optimization',
]);

/** The database answers, has its standby where one is wanted, and is backed up. */
export const databaseCheck: Check = {
  name: 'database',
  async look(context, { outputs }) {
    const id = outputs.get('database')?.['InstanceId'];
    if (id === undefined) return undefined;
    const found = await servicesOf(context).rds.instance(id, context);
    if (found === undefined) return { state: 'bad', detail: `${id} is not there` };
    const { status, multiAz, backupDays } = found;
    if (!answering.has(status)) return { state: 'pending', detail: `${id} is ${status}` };
    if (context.spec.database.multiAz && !multiAz)
      return { state: 'pending', detail: `${id} has no standby in another zone yet` };
    if (backupDays === 0)
      return { state: 'bad', detail: `${id} has no backups`, hint: 'Set database.backupDays.' };
    const standby = multiAz ? 'Multi-AZ' : 'one zone';
    return { state: 'ok', detail: `${status}, ${standby}, backups of ${backupDays} days` };
  },
};
