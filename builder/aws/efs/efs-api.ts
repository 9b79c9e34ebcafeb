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
}
