import { AwsApi } from './aws-api.js';

/** What `AwsApi.ask` gets besides: a signal that ends the call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Where services are asked, and as whom. */
export interface AwsPlace {
  readonly region: string;
  /** Of AWS's configuration files; undefined for what the SDK finds by itself, AWS_PROFILE among it. */
  readonly profile?: string | undefined;
}

/** What all clients are told of it. */
export function settingsOf({ region, profile }: AwsPlace): { region: string; profile?: string } {
  return profile === undefined ? { region } : { region, profile };
}

/** How clients are made: throttled calls and broken connections are tried again, and slower. */
export interface ClientSettings {
  readonly region: string;
  readonly profile?: string;
  readonly maxAttempts: number;
  readonly retryMode: 'adaptive';
}

/** One service in one region; the SDK's package is loaded with the first question. */
export function awsClient<Sdk, Client>(
  place: AwsPlace,
  load: () => Promise<Sdk>,
  make: (sdk: Sdk, settings: ClientSettings) => Client,
): AwsApi<Sdk, Client> {
  return new AwsApi(async () => {
    const sdk = await load();
    return { sdk, client: make(sdk, { ...settingsOf(place), maxAttempts: 8, retryMode: 'adaptive' }) };
  });
}
