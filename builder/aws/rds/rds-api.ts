import type * as Sdk from '@aws-sdk/client-rds';
import type { AwsApi } from '../aws-api.js';
import { type CallOptions, awsClient } from '../aws-client.js';

/** A database as RDS describes it (DescribeDBInstances). */
export interface RdsInstance {
  /** "available", "backing-up", "modifying" … */
  readonly status: string;
  readonly multiAz: boolean;
  /** Days that automated backups are kept; 0: there are none. */
  readonly backupDays: number;
  readonly isProtected: boolean;
}

/** RDS in one region (Amazon RDS API reference). */
export class RdsApi {
  readonly #api: AwsApi<typeof Sdk, Sdk.RDSClient>;

  constructor(region: string) {
    this.#api = awsClient(
      region,
      () => import('@aws-sdk/client-rds'),
      (sdk, settings) => new sdk.RDSClient(settings),
    );
  }

  /** Undefined where there is none. */
  async instance(id: string, options: CallOptions = {}): Promise<RdsInstance | undefined> {
    const call = {
      action: 'rds:DescribeDBInstances',
      doing: `look at the database ${id}`,
      expected: ['DBInstanceNotFoundFault', 'DBInstanceNotFound'],
    };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeDBInstancesCommand({ DBInstanceIdentifier: id }), http),
    );
    const found = answer?.DBInstances?.[0];
    return (
      found && {
        status: found.DBInstanceStatus ?? '',
        multiAz: found.MultiAZ === true,
        backupDays: found.BackupRetentionPeriod ?? 0,
        isProtected: found.DeletionProtection === true,
      }
    );
  }

  /** Takes a database's protection against deletion away, or gives it. */
  async protect(id: string, isProtected: boolean, options: CallOptions = {}): Promise<void> {
    const call = { action: 'rds:ModifyDBInstance', doing: `release the database ${id}` };
    const input = { DBInstanceIdentifier: id, DeletionProtection: isProtected, ApplyImmediately: true };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.ModifyDBInstanceCommand(input), http),
    );
  }
}
