import type * as Sdk from '@aws-sdk/client-ecr-public';
import { BuilderError } from '../../errors.js';
import { AwsApi } from '../aws-api.js';
import { settingsOf } from '../aws-client.js';
import type { EcrHost } from './ecr-host.js';
import type { EcrCallOptions, EcrRegistry, EcrRepository, EcrToken } from './ecr-registry.js';
import { parseToken } from './parse-token.js';
import type { RepositorySettings } from './repository-settings.js';

/** The public registry: tags can always be moved, nothing is scanned, and the first part of a name is the account's alias. */
export class PublicEcr implements EcrRegistry {
  readonly host: EcrHost;
  readonly #api: AwsApi<typeof Sdk, Sdk.ECRPUBLICClient>;

  constructor(host: EcrHost, profile?: string) {
    this.host = host;
    this.#api = new AwsApi(async () => {
      const sdk = await import('@aws-sdk/client-ecr-public');
      return { sdk, client: new sdk.ECRPUBLICClient(settingsOf({ region: host.region, profile })) };
    });
  }

  async token(options: EcrCallOptions = {}): Promise<EcrToken> {
    const call = { action: 'ecr-public:GetAuthorizationToken', doing: `log in to ${this.host.host}` };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.GetAuthorizationTokenCommand({}), http),
    );
    return parseToken(answer?.authorizationData, this.host.host);
  }

  async findRepository(name: string, options: EcrCallOptions = {}): Promise<EcrRepository | undefined> {
    const call = {
      action: 'ecr-public:DescribeRepositories',
      doing: `look up the repository ${this.host.host}/${name}`,
      expected: ['RepositoryNotFoundException'],
    };
    const input = { repositoryNames: [withoutAlias(name)] };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeRepositoriesCommand(input), http),
    );
    return answer?.repositories?.[0] && { name, isImmutable: () => false };
  }

  async createRepository(
    name: string,
    settings: RepositorySettings,
    options: EcrCallOptions = {},
  ): Promise<void> {
    const call = {
      action: 'ecr-public:CreateRepository',
      doing: `make the repository ${this.host.host}/${name}`,
      expected: ['RepositoryAlreadyExistsException'],
    };
    const tags = Object.entries(settings.tags).map(([Key, Value]) => ({ Key, Value }));
    const input = { repositoryName: withoutAlias(name), tags };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.CreateRepositoryCommand(input), http),
    );
  }

  scanFindings(): Promise<undefined> {
    return Promise.reject(this.#noScans());
  }

  startScan(): Promise<void> {
    return Promise.reject(this.#noScans());
  }

  #noScans(): BuilderError {
    return new BuilderError(`${this.host.host} scans no images`, {
      code: 'failed',
      hint: 'Leave out --scan-threshold, or push to a private repository.',
    });
  }
}

/** "alias/team/php" is "team/php" to the API. */
function withoutAlias(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}
