import { tasksAtMost } from '../../policy/check-capacity.js';
import { instanceType } from '../../policy/instance-types.js';
import { servicesOf } from '../aws-account.js';
import type { AwsCheck, Looked, Problem } from './aws-check.js';

/** What a deployment adds of something of which an account has so many, and how many are used already. */
interface Need {
  readonly what: string;
  readonly service: string;
  /** Codes of Service Quotas are the same in all regions. */
  readonly code: string;
  readonly more: number;
  used(): Promise<number>;
}

const increase = 'Ask for more in the console under Service Quotas, or remove what is not needed.';

/** The account's quotas let the platform come up, and grow to what its file allows. What is there already needs no more. */
export const quotaCheck: AwsCheck = {
  name: 'quotas',
  async look(looked) {
    const { quotas } = servicesOf(looked.context);
    const { context } = looked;
    const told: string[] = [];
    const problems: Problem[] = [];
    for (const { what, service, code, more, used } of needs(looked).filter((need) => need.more > 0)) {
      const [quota, now] = [await quotas.quota(service, code, context), await used()];
      if (quota === undefined) continue;
      told.push(`${what}: ${more} more, ${now} of ${quota} used`);
      if (now + more > quota)
        problems.push({
          message: `The quota "${what}" (${code}) is ${quota}; ${now} are used, and ${more} more are needed`,
          hint: increase,
        });
    }
    return { detail: told.length === 0 ? 'nothing more is needed' : told.join('; '), problems };
  },
};

function needs({ context, view: { there } }: Looked): Need[] {
  const { network, compute, service } = context.spec;
  const { ec2 } = servicesOf(context);
  const ifNew = (stack: string, count: number): number => (there.has(stack) ? 0 : count);
  const gateways = { none: 0, one: 1, zone: network.zones, regional: network.zones }[network.nat];
  const vcpus = Math.max(...compute.instanceTypes.map((name) => instanceType(name)?.vcpus ?? 0));
  const { minimum, maximum, onDemandPercent } = compute;
  const onDemand = minimum + Math.ceil(((maximum - minimum) * onDemandPercent) / 100);
  const isEc2 = compute.kind === 'ec2';
  let running: ReturnType<typeof ec2.standardVcpus> | undefined;
  const vcpusUsed = () => (running ??= ec2.standardVcpus(context));
  return [
    {
      what: 'VPCs per region',
      service: 'vpc',
      code: 'L-F678F1CE',
      more: ifNew('network', 1),
      used: () => ec2.vpcCount(context),
    },
    {
      what: 'Elastic IPs',
      service: 'ec2',
      code: 'L-0263D0A3',
      more: ifNew('nat', gateways),
      used: () => ec2.addressCount(context),
    },
    {
      what: 'vCPUs of running on-demand standard instances',
      service: 'ec2',
      code: 'L-1216C47A',
      more: isEc2 ? ifNew('instances', onDemand * vcpus) : 0,
      used: async () => (await vcpusUsed()).onDemand,
    },
    {
      what: 'vCPUs of standard spot instances',
      service: 'ec2',
      code: 'L-34B43A08',
      more: isEc2 ? ifNew('instances', (maximum - onDemand) * vcpus) : 0,
      used: async () => (await vcpusUsed()).spot,
    },
    {
      what: 'vCPUs of Fargate on demand',
      service: 'fargate',
      code: 'L-3032A538',
      more: isEc2 ? 0 : ifNew('service', Math.ceil((tasksAtMost(context.spec) * service.cpu) / 1024)),
      // Only metrics tell it; that the platform alone does not fit is found.
      used: () => Promise.resolve(0),
    },
  ];
}
