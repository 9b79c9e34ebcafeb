import { servicesOf } from '../aws-account.js';
import { leftovers, stuck } from '../deploy-stack.js';
import { isUnderWay } from '../stack-monitor.js';
import type { AwsCheck, Problem } from './aws-check.js';

/** No stack is in a state that CloudFormation does not leave by itself. What `provision` mends is only told. */
export const stackCheck: AwsCheck = {
  name: 'stacks',
  look: ({ view: { stacks, there } }) => {
    const problems: Problem[] = [];
    const notes: string[] = [];
    for (const { name, stackName } of stacks) {
      const { status = '', statusReason = 'no reason is given' } = there.get(name) ?? {};
      if (status in stuck)
        problems.push({
          message: `The stack ${stackName} is in ${status}: ${statusReason}`,
          hint: stuck[status] ?? '',
        });
      else if (leftovers.has(status))
        notes.push(`${name} is in ${status}: provision removes it and begins anew`);
      else if (isUnderWay(status)) notes.push(`${name} is being changed (${status}): provision waits for it`);
    }
    const count = stacks.filter(({ name }) => there.has(name)).length;
    return Promise.resolve({
      detail: [`${count} of ${stacks.length} are there`, ...notes].join('; '),
      problems,
    });
  },
};

/** As CloudFormation tells of the record that ACM waits for, in the certificate's event. */
const record = /Content of DNS Record is:\s*\{\s*Name:\s*(\S+?),\s*Type:\s*(\S+?),\s*Value:\s*(\S+?)\s*\}/g;

/** No certificate waits for records that nobody made. */
export const certificateCheck: AwsCheck = {
  name: 'certificate',
  async look({ context, view: { stacks, there } }) {
    const { domain } = context.spec;
    const problems: Problem[] = [];
    for (const stack of stacks.filter(({ file }) => file.endsWith('/certificate.yaml'))) {
      const found = there.get(stack.name);
      if (found === undefined || !isUnderWay(found.status)) continue;
      const events = await servicesOf(context, stack).cloudformation.events(found.id, undefined, context);
      const records = events.flatMap(({ reason = '' }) =>
        [...reason.matchAll(record)].map(([, name, type, value]) => `${name} ${type} ${value}`),
      );
      if (records.length === 0) continue;
      problems.push({
        message: `The certificate for ${domain?.name} is not validated: ${stack.stackName} waits for DNS`,
        hint: `Make where the domain's DNS is: ${[...new Set(records)].join('; ')}. Or set domain.hostedZone.`,
      });
    }
    if (domain === undefined) return { detail: "none is needed: CloudFront's own serves", problems };
    const byHand =
      'its records are to be made by hand while the first deployment waits (no domain.hostedZone)';
    const detail = domain.hostedZone === undefined ? byHand : `Route 53 proves ${domain.name}`;
    return { detail, problems };
  },
};
