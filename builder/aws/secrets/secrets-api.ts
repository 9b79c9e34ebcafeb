import type * as Sdk from '@aws-sdk/client-secrets-manager';
import type { AwsApi } from '../aws-api.js';
import { type AwsPlace, type CallOptions, awsClient } from '../aws-client.js';

/** Secrets of one region (AWS Secrets Manager API reference); what is in them is never read. */
export class SecretsApi {
  readonly #api: AwsApi<typeof Sdk, Sdk.SecretsManagerClient>;

  constructor(place: AwsPlace) {
    this.#api = awsClient(
      place,
      () => import('@aws-sdk/client-secrets-manager'),
      (sdk, settings) => new sdk.SecretsManagerClient(settings),
    );
  }

  /** Those that have a tag of that value. */
  async tagged(
    key: string,
    value: string,
    options: CallOptions = {},
  ): Promise<{ readonly arn: string; readonly name: string; readonly description: string }[]> {
    const call = { action: 'secretsmanager:ListSecrets', doing: `list the secrets of ${value}` };
    const found: { arn: string; name: string; description: string }[] = [];
    for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
      const input: Sdk.ListSecretsCommandInput = {
        Filters: [
          { Key: 'tag-key', Values: [key] },
          { Key: 'tag-value', Values: [value] },
        ],
        ...(next === undefined ? {} : { NextToken: next }),
      };
      const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
        client.send(new sdk.ListSecretsCommand(input), http),
      );
      // The two filters may be met by two tags, and values by their beginnings.
      for (const {
        ARN: arn = '',
        Name: name = '',
        Description: description = '',
        Tags = [],
      } of answer?.SecretList ?? [])
        if (Tags.some((tag) => tag.Key === key && tag.Value === value))
          found.push({ arn, name, description });
      next = answer?.NextToken;
    }
    return found;
  }

  /** At once, and for good. */
  async delete(arn: string, options: CallOptions = {}): Promise<void> {
    const call = {
      action: 'secretsmanager:DeleteSecret',
      doing: `delete the secret ${arn}`,
      expected: ['ResourceNotFoundException'],
    };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true }), http),
    );
  }
}
