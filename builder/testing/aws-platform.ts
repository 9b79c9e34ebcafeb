import { createHash } from 'node:crypto';
import { ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import type { Test } from 'tap';
import { ecrRegistry } from '../aws/ecr/ecr.js';
import { awsServices } from '../aws/aws-services.js';
import { callerIdentity } from '../aws/sts/caller-identity.js';
import type { AwsContext } from '../platform/cloudformation/aws-context.js';
import type { PlatenEvent } from '../reporter.js';
import { loadPrices } from '../platform/cost/price-table.js';
import { loadPlatform } from '../platform/graph/load-platform.js';
import { MotoServer } from './moto-server.js';
import { environmentOf } from './platform-variants.js';
import { setVariables } from './set-variables.js';

const region = 'eu-central-1';

/** An environment on moto, and what its users were told. */
export interface AwsPlatform {
  readonly moto: MotoServer;
  readonly told: PlatenEvent[];
  /** What was pushed. */
  readonly published: string[];
  /** Each call is another run of the program. */
  context(settings?: string, more?: Partial<AwsContext>): AwsContext;
}

/** A release whose digest begins with `beginning`; moto takes it as a manifest, and knows of no blobs. */
function releaseOf(beginning: string): Release {
  for (let attempt = 0; ; attempt += 1) {
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType, attempt, config, layers: [] });
    const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
    if (digest.startsWith(`sha256:${beginning}`)) return { manifest, digest };
  }
}

interface Release {
  readonly manifest: string;
  readonly digest: string;
}

const mediaType = 'application/vnd.oci.image.manifest.v1+json';
const config = {
  mediaType: 'application/vnd.oci.image.config.v1+json',
  size: 2,
  digest: `sha256:${'0'.repeat(64)}`,
};
const newest = releaseOf('1');
const other = releaseOf('2');
/** What begins so never gets healthy on this moto. */
const broken = releaseOf('bad');

/** Digests: of the newest build, of another release, and of one that never gets healthy. */
export const releases = { newest: newest.digest, other: other.digest, broken: broken.digest };

async function pushAll(): Promise<void> {
  const client = new ECRClient({ region });
  for (const { manifest, digest } of [newest, other, broken])
    await client.send(
      new PutImageCommand({
        repositoryName: 'wordpress',
        imageTag: digest.slice(7, 19),
        imageDigest: digest,
        imageManifest: manifest,
        imageManifestMediaType: mediaType,
      }),
    );
}

/** The settings of the environment: of the account that moto is. */
export const motoSettings = `account: '123456789012'
region: ${region}
`;

/** The platform of this project in the account of a moto of its own. The images are not real: moto runs none. */
export async function awsPlatform(t: Test): Promise<AwsPlatform> {
  const moto = await MotoServer.startCloser(t);
  setVariables(t, moto.environment);
  const told: PlatenEvent[] = [];
  const published: string[] = [];
  const platform = loadPlatform('.');
  const services = new Map<string, ReturnType<typeof awsServices>>();
  let runs = 0;
  return {
    moto,
    told,
    published,
    context: (settings = motoSettings, more = {}) => ({
      name: 'moto',
      spec: environmentOf(settings, 'moto'),
      platform,
      prices: () => loadPrices('.'),
      services: (place) => {
        const found = services.get(place) ?? awsServices(place);
        services.set(place, found);
        return found;
      },
      registry: (host) => ecrRegistry(host, process.env),
      identity: () => callerIdentity({ region }),
      path: undefined,
      profile: undefined,
      releases: {
        newest: () => releases.newest,
        publish: async (_image, repository) => {
          published.push(repository);
          await pushAll();
          return releases.newest;
        },
      },
      deployer: () => Promise.resolve({ who: 'ann@laptop', branch: 'main', commit: '1a2b3c4' }),
      ask: () => Promise.resolve(302),
      reporter: { report: (event) => void told.push(event) },
      signal: new AbortController().signal,
      token: `run-${++runs}`,
      wait: () => Promise.resolve(),
      ...more,
    }),
  };
}
