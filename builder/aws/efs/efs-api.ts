import type * as Sdk from '@aws-sdk/client-efs';
import type { AwsApi } from '../aws-api.js';
import { type AwsPlace, type CallOptions, awsClient } from '../aws-client.js';

export interface MountTarget {
  readonly id: string;
  /** "available" once it can be mounted. */
  readonly state: string;
  readonly zone: string;
}

/** EFS in one region (Amazon EFS API reference). */
export class EfsApi {
  readonly #api: AwsApi<typeof Sdk, Sdk.EFSClient>;

  constructor(place: AwsPlace) {
    this.#api = awsClient(
      place,
      () => import('@aws-sdk/client-efs'),
      (sdk, settings) => new sdk.EFSClient(settings),
    );
  }

  /** Where the file system is mounted. */
  async mountTargets(fileSystem: string, options: CallOptions = {}): Promise<MountTarget[]> {
    const call = {
      action: 'elasticfilesystem:DescribeMountTargets',
      doing: `look at where ${fileSystem} is mounted`,
      expected: ['FileSystemNotFound'],
    };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeMountTargetsCommand({ FileSystemId: fileSystem }), http),
    );
    return (answer?.MountTargets ?? []).map(
      ({ MountTargetId = '', LifeCycleState = '', AvailabilityZoneName = '' }) => ({
        id: MountTargetId,
        state: LifeCycleState,
        zone: AvailabilityZoneName,
      }),
    );
  }

  /** The file systems that have a tag of that value, and what they hold. */
  async tagged(
    key: string,
    value: string,
    options: CallOptions = {},
  ): Promise<{ readonly id: string; readonly bytes: number }[]> {
    const call = {
      action: 'elasticfilesystem:DescribeFileSystems',
      doing: `list the file systems of ${value}`,
    };
    const found: { id: string; bytes: number }[] = [];
    for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
      const input = next === undefined ? {} : { Marker: next };
      const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
        client.send(new sdk.DescribeFileSystemsCommand(input), http),
      );
      for (const { FileSystemId: id = '', SizeInBytes, Tags = [], LifeCycleState } of answer?.FileSystems ??
        [])
        if (LifeCycleState !== 'deleting' && Tags.some((tag) => tag.Key === key && tag.Value === value))
          found.push({ id, bytes: SizeInBytes?.Value ?? 0 });
      next = answer?.NextMarker;
    }
    return found;
  }

  /** It must be mounted nowhere. */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    const call = {
      action: 'elasticfilesystem:DeleteFileSystem',
      doing: `delete the file system ${id}`,
      expected: ['FileSystemNotFound'],
    };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DeleteFileSystemCommand({ FileSystemId: id }), http),
    );
  }
}
