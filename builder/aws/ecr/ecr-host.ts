/** A registry of ECR's, as its host names it. */
export interface EcrHost {
  readonly host: string;
  readonly kind: 'private' | 'public';
  /** Twelve digits; the public registry has none. */
  readonly account?: string | undefined;
  /** Of the API that gives its tokens. */
  readonly region: string;
  readonly fips: boolean;
  /** IPv6 as well as IPv4. */
  readonly dualStack: boolean;
}

/** Suffixes of the partitions: commercial, China, Europe's sovereign cloud, and the isolated ones. */
const partitions = [
  'amazonaws\\.com',
  'amazonaws\\.com\\.cn',
  'amazonaws\\.eu',
  'sc2s\\.sgov\\.gov',
  'c2s\\.ic\\.gov',
  'cloud\\.adc-e\\.uk',
  'csp\\.hci\\.ic\\.gov',
];

/** Of addresses that have IPv6: AWS's, Europe's, China's. */
const dualStacks = ['on\\.aws', 'on\\.amazonwebservices\\.eu', 'on\\.amazonwebservices\\.com\\.cn'];

/** Emulators listen on this machine; no token of AWS's goes to another host. */
const emulators = ['localhost(?:\\.localstack\\.cloud)?(?::[0-9]+)?'];

const privateHost = new RegExp(
  `^([0-9]{12})\\.dkr[.-]ecr(-fips)?\\.([a-z0-9][a-z0-9-]*)\\.(?:${[...partitions, ...emulators].join('|')}|(${dualStacks.join('|')}))$`,
);

/** Tokens of the public registry come from there alone. */
const publicRegion = 'us-east-1';
const publicHosts: Readonly<Record<string, { readonly dualStack: boolean }>> = {
  'public.ecr.aws': { dualStack: false },
  'ecr-public.aws.com': { dualStack: true },
};

/**
 * What ECR registry a host is (Amazon ECR User Guide, "Private registry", "Public registries", "Making requests over IPv6");
 * undefined for other registries.
 */
export function parseEcrHost(host: string): EcrHost | undefined {
  const name = host.toLowerCase();
  const known = Object.hasOwn(publicHosts, name) ? publicHosts[name] : undefined;
  if (known !== undefined)
    return { host, kind: 'public', region: publicRegion, fips: false, dualStack: known.dualStack };
  const [, account, fips, region, dualStack] = privateHost.exec(name) ?? [];
  if (account === undefined || region === undefined) return undefined;
  return {
    host,
    kind: 'private',
    account,
    region,
    fips: fips !== undefined,
    dualStack: dualStack !== undefined,
  };
}
