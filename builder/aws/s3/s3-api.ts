import type * as Sdk from '@aws-sdk/client-s3';
import type { AwsApi } from '../aws-api.js';
import { type AwsPlace, type CallOptions, awsClient } from '../aws-client.js';

/** Buckets of one region (Amazon S3 API reference). */
export class S3Api {
  readonly #api: AwsApi<typeof Sdk, Sdk.S3Client>;

  constructor(place: AwsPlace) {
    this.#api = awsClient(
      place,
      () => import('@aws-sdk/client-s3'),
      (sdk, settings) => new sdk.S3Client({ ...settings, forcePathStyle: true }),
    );
  }

  /** Deletes all objects of a bucket, all versions and marks of deleted ones among them. How many there were. */
  async empty(bucket: string, options: CallOptions = {}): Promise<number> {
    let count = 0;
    for (;;) {
      const page = await this.#versions(bucket, options);
      if (page.length === 0) return count;
      const call = { action: 's3:DeleteObjectVersion', doing: `empty the bucket ${bucket}` };
      const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
        client.send(
          new sdk.DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: page, Quiet: true } }),
          http,
        ),
      );
      const [kept] = answer?.Errors ?? [];
      if (kept !== undefined) throw new Error(`${kept.Key}: ${kept.Message}`);
      count += page.length;
    }
  }

  /** Up to 1000 of them; none where there is no such bucket. */
  async #versions(bucket: string, options: CallOptions): Promise<{ Key: string; VersionId?: string }[]> {
    const call = {
      action: 's3:ListBucketVersions',
      doing: `list the bucket ${bucket}`,
      expected: ['NoSuchBucket'],
    };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.ListObjectVersionsCommand({ Bucket: bucket }), http),
    );
    return [...(answer?.Versions ?? []), ...(answer?.DeleteMarkers ?? [])].map(({ Key = '', VersionId }) => ({
      Key,
      ...(VersionId === undefined ? {} : { VersionId }),
    }));
  }
}
