import type * as Sdk from '@aws-sdk/client-ecr';
import { AwsApi } from '../aws-api.js';
import { settingsOf } from '../aws-client.js';
import type { EcrHost } from './ecr-host.js';
import type {
  EcrCallOptions,
  EcrImage,
  EcrRegistry,
  EcrRepository,
  EcrToken,
  ScanAnswer,
  ScanFinding,
} from './ecr-registry.js';
import { parseToken } from './parse-token.js';
import {
  creationInput,
  isImmutable,
  lifecyclePolicy,
  type RepositorySettings,
} from './repository-settings.js';
import { basicFinding, enhancedFindings } from './scan-finding.js';

interface PrivateEcrSettings {
  /** Whether the environment says where the API is: the SDK reads that itself. */
  readonly endpointGiven: boolean;
  readonly profile?: string | undefined;
}

/** A private registry, through the API of its region. */
export class PrivateEcr implements EcrRegistry {
  readonly host: EcrHost;
  readonly #api: AwsApi<typeof Sdk, Sdk.ECRClient>;

  constructor(host: EcrHost, { endpointGiven, profile }: PrivateEcrSettings) {
    this.host = host;
    this.#api = new AwsApi(async () => {
      const sdk = await import('@aws-sdk/client-ecr');
      const { region, fips, dualStack } = host;
      const variants = endpointGiven ? {} : { useFipsEndpoint: fips, useDualstackEndpoint: dualStack };
      return { sdk, client: new sdk.ECRClient({ ...settingsOf({ region, profile }), ...variants }) };
    });
  }

  async token(options: EcrCallOptions = {}): Promise<EcrToken> {
    const call = { action: 'ecr:GetAuthorizationToken', doing: `log in to ${this.host.host}` };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.GetAuthorizationTokenCommand({}), http),
    );
    return parseToken(answer?.authorizationData?.[0], this.host.host);
  }

  async findRepository(name: string, options: EcrCallOptions = {}): Promise<EcrRepository | undefined> {
    const call = {
      action: 'ecr:DescribeRepositories',
      doing: `look up the repository ${this.#full(name)}`,
      expected: ['RepositoryNotFoundException'],
    };
    const input = { registryId: this.host.account, repositoryNames: [name] };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeRepositoriesCommand(input), http),
    );
    const found = answer?.repositories?.[0];
    return found && { name, isImmutable: (tag) => isImmutable(found, tag) };
  }

  async createRepository(
    name: string,
    settings: RepositorySettings,
    options: EcrCallOptions = {},
  ): Promise<void> {
    const call = {
      action: 'ecr:CreateRepository',
      doing: `make the repository ${this.#full(name)}`,
      expected: ['RepositoryAlreadyExistsException'],
    };
    const input = { ...this.#place(name), ...creationInput(settings) };
    const made = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.CreateRepositoryCommand(input), http),
    );
    const { keepUntagged } = settings;
    if (made !== undefined && keepUntagged !== undefined)
      await this.#setLifecycle(name, keepUntagged, options);
  }

  async scanFindings(image: EcrImage, options: EcrCallOptions = {}): Promise<ScanAnswer | undefined> {
    const findings: ScanFinding[] = [];
    for (let nextToken: string | undefined; ;) {
      const page = await this.#scanPage(image, nextToken, options);
      if (page === undefined) return undefined;
      const { findings: basic = [], enhancedFindings: enhanced = [] } = page.imageScanFindings ?? {};
      findings.push(...basic.map(basicFinding), ...enhanced.flatMap(enhancedFindings));
      const { status = 'PENDING', description } = page.imageScanStatus ?? {};
      nextToken = page.nextToken;
      if (nextToken === undefined) return { status, description, findings };
    }
  }

  async startScan(image: EcrImage, options: EcrCallOptions = {}): Promise<void> {
    const call = {
      action: 'ecr:StartImageScan',
      doing: `have ${this.#named(image)} scanned`,
      // Enhanced scanning starts by itself and refuses to be told; basic scanning has a quota of one a day.
      expected: ['ValidationException', 'LimitExceededException'],
    };
    const input = { ...this.#place(image.repository), imageId: { imageDigest: image.digest } };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.StartImageScanCommand(input), http),
    );
  }

  #scanPage(image: EcrImage, nextToken: string | undefined, options: EcrCallOptions) {
    const call = {
      action: 'ecr:DescribeImageScanFindings',
      doing: `read what the scan of ${this.#named(image)} found`,
      expected: ['ScanNotFoundException'],
    };
    const input = {
      ...this.#place(image.repository),
      imageId: { imageDigest: image.digest },
      ...(nextToken === undefined ? {} : { nextToken }),
    };
    return this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeImageScanFindingsCommand(input), http),
    );
  }

  async #setLifecycle(name: string, keepUntagged: number, options: EcrCallOptions): Promise<void> {
    const call = {
      action: 'ecr:PutLifecyclePolicy',
      doing: `give the repository ${this.#full(name)}, which is made, its life-cycle policy`,
    };
    const input = { ...this.#place(name), lifecyclePolicyText: lifecyclePolicy(keepUntagged) };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.PutLifecyclePolicyCommand(input), http),
    );
  }

  #place(repositoryName: string) {
    return { registryId: this.host.account, repositoryName };
  }

  #full(name: string): string {
    return `${this.host.host}/${name}`;
  }

  #named({ repository, digest }: EcrImage): string {
    return `${this.#full(repository)}@${digest}`;
  }
}
