import type * as Sdk from '@aws-sdk/client-backup';
import type { AwsApi } from '../aws-api.js';
import { type AwsPlace, type CallOptions, awsClient } from '../aws-client.js';

/** What a vault holds of one resource at one time. */
export interface RecoveryPoint {
  readonly arn: string;
  /** "COMPLETED", "PARTIAL", "DELETING", "EXPIRED" … */
  readonly status: string;
  /** ARN of what it was made of. */
  readonly resource: string;
  readonly created: Date;
  readonly bytes: number | undefined;
}

/** The making of a recovery point. */
export interface BackupJob {
  /** "CREATED", "RUNNING", "COMPLETED", "FAILED", "ABORTED", "EXPIRED" … */
  readonly state: string;
  readonly reason?: string | undefined;
  readonly bytes?: number | undefined;
  /** ARN of the recovery point that it makes. */
  readonly point?: string | undefined;
}

/** AWS Backup in one region (AWS Backup API reference). */
export class BackupApi {
  readonly #api: AwsApi<typeof Sdk, Sdk.BackupClient>;

  constructor(place: AwsPlace) {
    this.#api = awsClient(
      place,
      () => import('@aws-sdk/client-backup'),
      (sdk, settings) => new sdk.BackupClient(settings),
    );
  }

  async hasVault(name: string, options: CallOptions = {}): Promise<boolean> {
    const call = {
      action: 'backup:DescribeBackupVault',
      doing: `look for the vault ${name}`,
      // AWS answers so for a vault that is not there, too.
      expected: ['ResourceNotFoundException', 'AccessDeniedException'],
    };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeBackupVaultCommand({ BackupVaultName: name }), http),
    );
    return answer !== undefined;
  }

  /** Begins a recovery point; `job` tells when it is done. The same token begins none twice. */
  async start(
    request: {
      readonly vault: string;
      readonly resource: string;
      readonly role: string;
      readonly tags: Readonly<Record<string, string>>;
      readonly token: string;
    },
    options: CallOptions = {},
  ): Promise<string> {
    const { vault, resource, role, tags, token } = request;
    const call = { action: 'backup:StartBackupJob', doing: `back ${resource} up` };
    const input = {
      BackupVaultName: vault,
      ResourceArn: resource,
      IamRoleArn: role,
      RecoveryPointTags: { ...tags },
      IdempotencyToken: token,
    };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.StartBackupJobCommand(input), http),
    );
    return answer?.BackupJobId ?? '';
  }

  async job(id: string, options: CallOptions = {}): Promise<BackupJob> {
    const call = { action: 'backup:DescribeBackupJob', doing: `look at the backup ${id}` };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeBackupJobCommand({ BackupJobId: id }), http),
    );
    return {
      state: answer?.State ?? '',
      reason: answer?.StatusMessage,
      bytes: answer?.BackupSizeInBytes,
      point: answer?.RecoveryPointArn,
    };
  }

  /** All that a vault holds, of one resource or of all; none where there is no such vault. */
  async recoveryPoints(
    vault: string,
    resource: string | undefined,
    options: CallOptions = {},
  ): Promise<RecoveryPoint[]> {
    const call = {
      action: 'backup:ListRecoveryPointsByBackupVault',
      doing: `list what the vault ${vault} holds`,
      expected: ['ResourceNotFoundException'],
    };
    const found: RecoveryPoint[] = [];
    for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
      const input = {
        BackupVaultName: vault,
        ...(resource === undefined ? {} : { ByResourceArn: resource }),
        ...(next === undefined ? {} : { NextToken: next }),
      };
      const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
        client.send(new sdk.ListRecoveryPointsByBackupVaultCommand(input), http),
      );
      found.push(...(answer?.RecoveryPoints ?? []).map(pointOf));
      next = answer?.NextToken;
    }
    return found;
  }

  async tags(arn: string, options: CallOptions = {}): Promise<Readonly<Record<string, string>>> {
    const call = { action: 'backup:ListTags', doing: `read the tags of ${arn}` };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.ListTagsCommand({ ResourceArn: arn }), http),
    );
    return answer?.Tags ?? {};
  }

  async deletePoint(vault: string, arn: string, options: CallOptions = {}): Promise<void> {
    const call = {
      action: 'backup:DeleteRecoveryPoint',
      doing: `delete the recovery point ${arn}`,
      expected: ['ResourceNotFoundException'],
    };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(
        new sdk.DeleteRecoveryPointCommand({ BackupVaultName: vault, RecoveryPointArn: arn }),
        http,
      ),
    );
  }

  /** The vault must be empty. */
  async deleteVault(name: string, options: CallOptions = {}): Promise<void> {
    const call = {
      action: 'backup:DeleteBackupVault',
      doing: `delete the vault ${name}`,
      expected: ['ResourceNotFoundException'],
    };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DeleteBackupVaultCommand({ BackupVaultName: name }), http),
    );
  }
}

function pointOf(one: Sdk.RecoveryPointByBackupVault): RecoveryPoint {
  return {
    arn: one.RecoveryPointArn ?? '',
    status: one.Status ?? '',
    resource: one.ResourceArn ?? '',
    created: one.CreationDate ?? new Date(0),
    bytes: one.BackupSizeInBytes,
  };
}
