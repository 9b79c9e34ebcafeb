import { isMap, isScalar, parseDocument } from 'yaml';
import type { AwsPlace } from '../../aws/aws-client.js';
import { SsmApi } from '../../aws/ssm/ssm-api.js';
import { BuilderError } from '../../errors.js';
import { type EnvironmentSpec, parseEnvironment } from '../../spec/load-environment.js';
import { newestAmi } from './newest-ami.js';

/** What became of the image of an environment's instances. */
export interface RenewedAmi {
  /** The environment's file as it is now. */
  readonly text: string;
  /** Undefined where the file named none. */
  readonly before: string | undefined;
  readonly now: string;
}

/**
 * Writes the newest image into an environment's file as `compute.ami`; all else in it stays, comments too.
 * @param file how messages call it
 * @param parametersOf Parameter Store of a region, asked with the environment's profile
 * @throws BuilderError where the environment has no instances or no region, or AWS has no image; SpecError
 */
export async function renewAmi(
  text: string,
  file: string,
  parametersOf: (place: AwsPlace) => Pick<SsmApi, 'parameter'> = (place) => new SsmApi(place),
): Promise<RenewedAmi> {
  const spec = parseEnvironment(text, file);
  const place = { region: regionOfInstances(spec), profile: spec.profile };
  const { id, missing } = await newestAmi(spec, parametersOf(place));
  if (id === undefined) throw new BuilderError(missing, { code: 'invalid' });
  return { text: withAmi(text, id), before: spec.compute.ami, now: id };
}

function regionOfInstances({ compute, region, file }: EnvironmentSpec): string {
  const refuse = (message: string) => new BuilderError(`${file} ${message}`, { code: 'usage' });
  if (compute.kind !== 'ec2') throw refuse('has no instances: compute.kind is fargate');
  if (region === undefined) throw refuse('says no region: each has images of its own');
  return region;
}

/** As text, not by the document: that would be written in another form. */
function withAmi(text: string, id: string): string {
  const document = parseDocument(text);
  const splice = (from: number, to: number, by: string) => text.slice(0, from) + by + text.slice(to);
  const there = document.getIn(['compute', 'ami'], true);
  if (isScalar(there) && there.range) return splice(there.range[0], there.range[1], id);
  const compute = document.get('compute', true);
  if (compute === undefined) return `${text.trimEnd()}\ncompute:\n  ami: ${id}\n`;
  const first = isMap(compute) ? compute.items[0]?.key : undefined;
  if (!isScalar(first) || !first.range)
    throw new BuilderError('compute: is empty; take it away', { code: 'invalid' });
  const [at] = first.range;
  const margin = ' '.repeat(at - text.lastIndexOf('\n', at) - 1);
  return splice(at, at, `ami: ${id}${isMap(compute) && compute.flow ? ', ' : `\n${margin}`}`);
}
