import t from 'tap';
import { parseEcrHost } from './ecr-host.js';

const account = '123456789012';

const hosts: readonly (readonly [host: string, expected: string])[] = [
  [`${account}.dkr.ecr.us-east-1.amazonaws.com`, 'private us-east-1'],
  [`${account}.dkr.ecr.eu-central-1.amazonaws.com`, 'private eu-central-1'],
  [`${account}.DKR.ECR.eu-central-1.amazonaws.com`, 'private eu-central-1'],
  [`${account}.dkr.ecr-fips.us-gov-west-1.amazonaws.com`, 'private us-gov-west-1 fips'],
  [`${account}.dkr.ecr.cn-north-1.amazonaws.com.cn`, 'private cn-north-1'],
  [`${account}.dkr.ecr.eusc-de-east-1.amazonaws.eu`, 'private eusc-de-east-1'],
  [`${account}.dkr.ecr.us-iso-east-1.c2s.ic.gov`, 'private us-iso-east-1'],
  [`${account}.dkr.ecr.us-isob-east-1.sc2s.sgov.gov`, 'private us-isob-east-1'],
  [`${account}.dkr-ecr.us-west-2.on.aws`, 'private us-west-2 ipv6'],
  [`${account}.dkr-ecr-fips.us-west-2.on.aws`, 'private us-west-2 fips ipv6'],
  [`${account}.dkr.ecr.us-east-1.localhost:5000`, 'private us-east-1'],
  [`${account}.dkr.ecr.us-east-1.localhost.localstack.cloud:4566`, 'private us-east-1'],
  ['public.ecr.aws', 'public us-east-1'],
  ['ecr-public.aws.com', 'public us-east-1 ipv6'],
  ['docker.io', 'other'],
  ['localhost:5000', 'other'],
  ['ecr.us-east-1.amazonaws.com', 'other'],
  [`${account}.dkr.ecr.us-east-1.amazonaws.com.example.com`, 'other'],
  [`${account}.dkr.ecr.us-east-1.amazonaws.com:8443`, 'other'],
  [`${account}.dkr.ecr.us-east-1.example.com`, 'other'],
  [`12345.dkr.ecr.us-east-1.amazonaws.com`, 'other'],
  ['constructor', 'other'],
];

for (const [host, expected] of hosts)
  t.test(`${host}: ${expected}`, async (t) => {
    const found = parseEcrHost(host);
    if (found === undefined) return t.equal('other', expected);
    const { kind, region, fips, dualStack } = found;
    const words = [kind, region, ...(fips ? ['fips'] : []), ...(dualStack ? ['ipv6'] : [])];
    t.equal(words.join(' '), expected);
    t.equal(found.account, kind === 'private' ? account : undefined);
  });
