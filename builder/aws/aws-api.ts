import { type AwsCall, awsError, isAwsException } from './aws-error.js';
import type { EcrCallOptions } from './ecr/ecr-registry.js';

/** A client of the SDK's, and the module that it came from. */
interface Loaded<Sdk, Client> {
  readonly sdk: Sdk;
  readonly client: Client;
}

/** Asks one service of AWS; the SDK is loaded with the first question. */
export class AwsApi<Sdk, Client> {
  readonly #load: () => Promise<Loaded<Sdk, Client>>;
  #loaded: Promise<Loaded<Sdk, Client>> | undefined;

  constructor(load: () => Promise<Loaded<Sdk, Client>>) {
    this.#load = load;
  }

  /**
   * What the service answers; undefined where it answers with an exception that `call` expects.
   * @throws BuilderError where it refuses, NoCredentialsError where there is nobody to ask as
   */
  async ask<Output>(
    call: AwsCall & { readonly expected?: readonly string[] },
    { signal }: EcrCallOptions,
    send: (loaded: Loaded<Sdk, Client>, http: { abortSignal?: AbortSignal }) => Promise<Output>,
  ): Promise<Output | undefined> {
    try {
      const loaded = await (this.#loaded ??= this.#load());
      return await send(loaded, signal === undefined ? {} : { abortSignal: signal });
    } catch (error) {
      if (isAwsException(error, ...(call.expected ?? []))) return undefined;
      throw awsError(error, call);
    }
  }
}
