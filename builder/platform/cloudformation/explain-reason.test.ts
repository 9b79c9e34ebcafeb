import t from 'tap';
import { explainReason } from './explain-reason.js';

/** Recorded in the shapes that AWS documents for ResourceStatusReason; none was got from an account. */
const cases: readonly (readonly [said: string, reason: RegExp, hint: RegExp | undefined])[] = [
  [
    'Resource handler returned message: "User: arn:aws:sts::123456789012:assumed-role/platen-prod-cloudformation/x is not authorized to perform: elasticache:CreateUser on resource: arn:aws:elasticache:eu-central-1:123456789012:user:app because no identity-based policy allows the elasticache:CreateUser action (Service: ElastiCache, Status Code: 403)" (RequestToken: 1, HandlerErrorCode: AccessDenied)',
    /^arn:aws:sts::123456789012:assumed-role\/platen-prod-cloudformation\/x may not do elasticache:CreateUser on arn:aws:elasticache:/,
    /^Allow elasticache:CreateUser on arn:/,
  ],
  ['The security token included in the request is expired', /expired in the middle/, /goes on where it was/],
  [
    'The maximum number of VPCs has been reached. (Service: Ec2, Status Code: 400, Request ID: 1)',
    /^a quota of the account is used up: The maximum number of VPCs has been reached/,
    /Service Quotas/,
  ],
  [
    'platen-prod-logs already exists',
    /^the name is taken: platen-logs|^the name is taken: platen-prod-logs/,
    /another name/,
  ],
  [
    'The certificate must have a fully-qualified domain name, a supported signature, and a supported key size. (Service: ElasticLoadBalancingV2)',
    /^the certificate is not validated$/,
    /domain\.hostedZone/,
  ],
  [
    'Cannot find version 11.8.3 for mariadb (Service: Rds)',
    /does not have this version: Cannot find version 11\.8\.3/,
    /another region/,
  ],
  [
    'Resource handler returned message: "Error occurred during operation \'ECS Deployment Circuit Breaker was triggered\'."',
    /never got healthy/,
    /said above/,
  ],
  [
    'We currently do not have sufficient m6i.large capacity in the Availability Zone',
    /no such instance free/,
    /instanceTypes/,
  ],
];

for (const [said, reason, hint] of cases)
  t.test(said.slice(0, 60), async (t) => {
    const explained = explainReason(said);
    t.match(explained.reason, reason);
    if (hint !== undefined) t.match(explained.hint, hint);
  });

t.test('another reason stays as it is, without what only support needs', async (t) => {
  t.same(explainReason('Bad subnet (RequestToken: 12, HandlerErrorCode: InvalidRequest)'), {
    reason: 'Bad subnet',
  });
});
