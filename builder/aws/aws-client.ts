import { AwsApi } from './aws-api.js';

/** What `AwsApi.ask` gets besides: a signal that ends the call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** How clients are made: throttled calls and broken connections are tried again, and slower. */
export interface ClientSettings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly retryMode: 'adaptive';
}

/** One service in one region; the SDK's package is loaded with the first question. */
export function awsClient<Sdk, Client>(
  region: string,
  load: () => Promise<Sdk>,
  make: (sdk: Sdk, settings: ClientSettings) => Client,
): AwsApi<Sdk, Client> {
  return new AwsApi(async () => {
    const sdk = await load();
    return { sdk, client: make(sdk, { region, maxAttempts: 8, retryMode: 'adaptive' }) };
  });
}
