import type * as Sdk from '@aws-sdk/client-sts';
import { AwsApi } from '../aws-api.js';
import { type AwsPlace, settingsOf } from '../aws-client.js';

/** Whose credentials the SDK found. */
export interface CallerIdentity {
  /** The account's number. */
  readonly account: string;
  /** Of the user or the assumed role. */
  readonly arn: string;
}

/**
 * Whose credentials are used in a region (STS, GetCallerIdentity).
 * @throws NoCredentialsError where there are none, BuilderError where AWS refuses them
 */
export async function callerIdentity(place: AwsPlace, signal?: AbortSignal): Promise<CallerIdentity> {
  const api = new AwsApi<typeof Sdk, Sdk.STSClient>(async () => {
    const sdk = await import('@aws-sdk/client-sts');
    return { sdk, client: new sdk.STSClient(settingsOf(place)) };
  });
  const call = { action: 'sts:GetCallerIdentity', doing: 'find out whose AWS credentials these are' };
  const answer = await api.ask(call, { signal }, ({ sdk, client }, http) =>
    client.send(new sdk.GetCallerIdentityCommand({}), http),
  );
  return { account: answer?.Account ?? '', arn: answer?.Arn ?? '' };
}
