/** A reason of AWS's, in fewer words, and what to do. */
export interface Explained {
  readonly reason: string;
  readonly hint?: string | undefined;
}

type Explanation = readonly [
  pattern: RegExp,
  explain: (found: Readonly<Record<string, string>>) => Explained,
];

/**
 * What AWS says where something common is wrong, and its mend. The patterns are of messages as AWS writes them in
 * `ResourceStatusReason` (services' API references); the first that fits is taken.
 */
const explanations: readonly Explanation[] = [
  [
    /User: (?<who>arn:\S+) is not authorized to perform: (?<action>[\w-]+:\w+)(?: on resource: (?<resource>\S+))?/,
    ({ who = '', action = '', resource }) => ({
      reason: `${who} may not do ${action}${resource === undefined ? '' : ` on ${resource}`}`,
      hint: `Allow ${action}${resource === undefined ? '' : ` on ${resource}`} in a policy of that role; for pipelines infra-cfn/stacks/cloudformation-role.yaml is the place.`,
    }),
  ],
  [
    /(?:security token included in the request is expired|ExpiredToken|credentials have expired)/i,
    () => ({
      reason: 'the credentials expired in the middle',
      hint: 'Get new ones (aws sso login, or in the way that your account uses), and run it again: it goes on where it was.',
    }),
  ],
  [
    /(?<what>(?:limit|quota)[^.]*(?:exceeded|reached)[^.]*|(?:exceed|reached)[^.]*(?:limit|quota)[^.]*|The maximum number of [^.]*has been reached)/i,
    ({ what = '' }) => ({
      reason: `a quota of the account is used up: ${what.trim()}`,
      hint: 'Ask for more in the console under Service Quotas, or remove what is not needed.',
    }),
  ],
  [
    /(?<what>[^:()]*\balready exists\b[^()]*|AlreadyExists[^()]*)/i,
    ({ what = '' }) => ({
      reason: `the name is taken: ${what.trim()}`,
      hint: 'Something outside of this stack has it. Remove or rename that, or give the environment another name.',
    }),
  ],
  [
    /(?:certificate[^.]*(?:not (?:been )?(?:validated|issued)|PENDING_VALIDATION|must have a fully-qualified domain name)|UnsupportedCertificate)/i,
    () => ({
      reason: 'the certificate is not validated',
      hint: "Make the records that the certificate asks for where the domain's DNS is (AWS Certificate Manager shows them), or give domain.hostedZone.",
    }),
  ],
  [
    /(?<what>(?:Cannot find version|No (?:available )?version|Invalid DB engine version|The parameter (?:group )?family)[^(]*)/i,
    ({ what = '' }) => ({
      reason: `the region does not have this version: ${what.trim()}`,
      hint: 'Take another region, or another engine in database.engine.',
    }),
  ],
  [
    /Deployment Circuit Breaker was triggered/,
    () => ({
      reason: 'its tasks never got healthy, and the circuit breaker ended the deployment',
      hint: 'Why they stopped is said above, where they said anything.',
    }),
  ],
  [
    /InsufficientInstanceCapacity|do not have sufficient .* capacity/i,
    () => ({
      reason: 'AWS has no such instance free in that zone',
      hint: 'Add another type to compute.instanceTypes, or try again later.',
    }),
  ],
];

/** What a reason means and what to do about it; where it is none of the common ones, the reason as it is. */
export function explainReason(said: string): Explained {
  for (const [pattern, explain] of explanations) {
    const found = pattern.exec(said);
    if (found !== null) return explain((found.groups ?? {}) as Record<string, string>);
  }
  return { reason: withoutTokens(said) };
}

/** Without what only AWS's support needs. */
function withoutTokens(said: string): string {
  return said.replace(/\s*\((?:RequestToken|Service|SDK)[^)]*\)/g, '').trim();
}
