import { BuilderError } from '../../../errors.js';
import type { PlatformWish } from '../../driver.js';
import type { AwsContext } from '../aws-context.js';
import type { FoundInput, InputSources } from './input-sources.js';

/** The image of this project that platforms run. */
const imageName = 'wordpress';

const digestOnly = /^sha256:[0-9a-f]{64}$/;
const withDigest = /@sha256:[0-9a-f]{64}$/;

/**
 * The image to run, by digest: the one asked for, else what runs, else the newest build, which then has to be pushed.
 * @throws BuilderError `usage` for a tag: it may be moved
 */
export async function imageInput({ image }: PlatformWish, sources: InputSources): Promise<FoundInput> {
  const { context, there } = sources;
  if (image !== undefined && withDigest.test(image)) return { value: image };
  const repository = await repositoryOf(sources);
  if (image !== undefined && digestOnly.test(image)) return { value: referenceTo(repository, image) };
  if (image !== undefined && /[:/@]/.test(image))
    throw new BuilderError(`"${image}" is no digest, and a tag may be moved`, {
      code: 'usage',
      hint: 'Give the digest that a push printed, sha256:…, or the name of an image of this project.',
    });
  const running = there.get('service')?.parameters['Image'];
  if (image === undefined && running !== undefined) return { value: running };
  const name = image ?? imageName;
  const digest = context.releases.newest(name);
  if (digest === undefined)
    return {
      publish: name,
      note: `images/${name} is not built yet: the deployment builds and pushes it.`,
    };
  return {
    value: referenceTo(repository, digest),
    publish: name,
    note: `The newest build of ${name} is pushed and deployed: ${digest}.`,
  };
}

function referenceTo(repository: string | undefined, digest: string): string | undefined {
  return repository === undefined ? undefined : `${repository}@${digest}`;
}

/** Where images of this platform lie; undefined where the account is not known. */
export async function repositoryOf({ context, there, isKnown }: InputSources): Promise<string | undefined> {
  const { spec } = context;
  const uri = there.get('registry')?.outputs['RepositoryUri'];
  if (spec.registry === undefined && uri !== undefined) return uri;
  const name = String(spec.parameters['registry']?.['RepositoryName'] ?? imageName);
  if (spec.registry !== undefined) return `${spec.registry.host}/${name}`;
  const account = spec.account ?? (isKnown ? (await context.identity()).account : undefined);
  return account === undefined || spec.region === undefined
    ? undefined
    : `${account}.dkr.ecr.${spec.region}.${suffixOf(context)}/${name}`;
}

/** China has a domain of its own. */
function suffixOf({ spec }: AwsContext): string {
  return spec.region?.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}
