import type * as Sdk from '@aws-sdk/client-rds';
import type { AwsApi } from '../aws-api.js';
import { type AwsPlace, type CallOptions, awsClient } from '../aws-client.js';

/** A database as RDS describes it (DescribeDBInstances). */
export interface RdsInstance {
  /** "available", "backing-up", "modifying" … */
  readonly status: string;
  readonly multiAz: boolean;
  /** Days that automated backups are kept; 0: there are none. */
  readonly backupDays: number;
  readonly isProtected: boolean;
}

/** A snapshot that somebody made (DescribeDBSnapshots). */
export interface RdsSnapshot {
  readonly id: string;
  /** Identifier of the database that it is of. */
  readonly instance: string;
  /** "creating", "available", "failed" … */
  readonly status: string;
  /** Undefined until it is there. */
  readonly created: Date | undefined;
  readonly bytes: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** RDS in one region (Amazon RDS API reference). */
export class RdsApi {
  readonly #api: AwsApi<typeof Sdk, Sdk.RDSClient>;

  constructor(place: AwsPlace) {
    this.#api = awsClient(
      place,
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

  /** The versions of an engine that the region has of a family ("mariadb11.8"), the oldest first. */
  async engineVersions(engine: string, family: string, options: CallOptions = {}): Promise<string[]> {
    const call = { action: 'rds:DescribeDBEngineVersions', doing: `list the versions of ${engine}` };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(
        new sdk.DescribeDBEngineVersionsCommand({ Engine: engine, DBParameterGroupFamily: family }),
        http,
      ),
    );
    return (answer?.DBEngineVersions ?? []).flatMap(({ EngineVersion }) => EngineVersion ?? []);
  }

  /** The zones in which a class runs that version in a VPC; none where the region does not have it. */
  async classZones(
    { engine, version, class: name }: { engine: string; version: string; class: string },
    options: CallOptions = {},
  ): Promise<string[]> {
    const call = {
      action: 'rds:DescribeOrderableDBInstanceOptions',
      doing: `look which zones have ${name}`,
    };
    const input = { Engine: engine, EngineVersion: version, DBInstanceClass: name, Vpc: true };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeOrderableDBInstanceOptionsCommand(input), http),
    );
    const zones = (answer?.OrderableDBInstanceOptions ?? []).flatMap(
      ({ AvailabilityZones = [] }) => AvailabilityZones,
    );
    return [...new Set(zones.flatMap(({ Name }) => Name ?? []))];
  }

  /** Begins a snapshot of a database; `snapshots` tells when it is there. */
  async createSnapshot(
    { id, instance, tags }: Pick<RdsSnapshot, 'id' | 'instance' | 'tags'>,
    options: CallOptions = {},
  ): Promise<void> {
    const call = { action: 'rds:CreateDBSnapshot', doing: `make the snapshot ${id}` };
    const input = {
      DBSnapshotIdentifier: id,
      DBInstanceIdentifier: instance,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.CreateDBSnapshotCommand(input), http),
    );
  }

  /** Snapshots that people and stacks made, the one of an id or all. */
  async snapshots(id: string | undefined, options: CallOptions = {}): Promise<RdsSnapshot[]> {
    const call = {
      action: 'rds:DescribeDBSnapshots',
      doing: id === undefined ? 'list snapshots' : `look at the snapshot ${id}`,
      expected: ['DBSnapshotNotFoundFault', 'DBSnapshotNotFound'],
    };
    const found: RdsSnapshot[] = [];
    for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
      const input = {
        SnapshotType: 'manual',
        ...(id === undefined ? {} : { DBSnapshotIdentifier: id }),
        ...(next === undefined ? {} : { Marker: next }),
      };
      const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
        client.send(new sdk.DescribeDBSnapshotsCommand(input), http),
      );
      found.push(...(answer?.DBSnapshots ?? []).map(snapshotOf));
      next = answer?.Marker;
    }
    return found;
  }

  async deleteSnapshot(id: string, options: CallOptions = {}): Promise<void> {
    const call = {
      action: 'rds:DeleteDBSnapshot',
      doing: `delete the snapshot ${id}`,
      expected: ['DBSnapshotNotFoundFault', 'DBSnapshotNotFound'],
    };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DeleteDBSnapshotCommand({ DBSnapshotIdentifier: id }), http),
    );
  }
}

function snapshotOf(one: Sdk.DBSnapshot): RdsSnapshot {
  return {
    id: one.DBSnapshotIdentifier ?? '',
    instance: one.DBInstanceIdentifier ?? '',
    status: one.Status ?? '',
    created: one.SnapshotCreateTime,
    bytes: (one.AllocatedStorage ?? 0) * 2 ** 30,
    tags: Object.fromEntries((one.TagList ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  };
}
