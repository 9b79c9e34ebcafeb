import t from 'tap';
import { awsAnswers } from '../../testing/aws-answers.js';
import { awsServices } from '../aws-services.js';

const { iam } = awsServices('eu-central-1');
const principal = 'arn:aws:iam::123456789012:role/deploy';

/** As in SimulatePrincipalPolicy's sample response (IAM API reference). */
function page(results: string, marker?: string): string {
  const more =
    marker === undefined
      ? '<IsTruncated>false</IsTruncated>'
      : `<IsTruncated>true</IsTruncated><Marker>${marker}</Marker>`;
  return `<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult>
    ${more}<EvaluationResults>${results}</EvaluationResults>
  </SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`;
}

function result(action: string, decision: string, more = ''): string {
  return `<member><MatchedStatements/>${more}<EvalResourceName>*</EvalResourceName>
    <EvalDecision>${decision}</EvalDecision><EvalActionName>${action}</EvalActionName></member>`;
}

t.test('what policies say is read page by page, with who refuses and what is not known', async (t) => {
  const asked: URLSearchParams[] = [];
  await awsAnswers(t, ({ action, input }) => {
    t.equal(action, 'SimulatePrincipalPolicy');
    asked.push(new URLSearchParams(input as Record<string, string>));
    if (input['Marker'] === undefined) return { body: page(result('ec2:CreateVpc', 'allowed'), 'next') };
    const body = page(
      result(
        'kms:CreateKey',
        'implicitDeny',
        '<MissingContextValues><member>aws:MultiFactorAuthPresent</member></MissingContextValues>',
      ) +
        result(
          'iam:PassRole',
          'explicitDeny',
          '<OrganizationsDecisionDetail><AllowedByOrganizations>false</AllowedByOrganizations></OrganizationsDecisionDetail>',
        ) +
        result(
          'iam:CreateRole',
          'implicitDeny',
          '<PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>false</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail>',
        ),
    );
    return { body };
  });
  const actions = ['ec2:CreateVpc', 'kms:CreateKey', 'iam:PassRole', 'iam:CreateRole'];
  const context = { 'iam:PassedToService': 'cloudformation.amazonaws.com' };
  t.strictSame(await iam.simulate({ principal, actions, resource: '*', context }), [
    { action: 'ec2:CreateVpc', isAllowed: true, missingContext: [], refusedBy: undefined },
    {
      action: 'kms:CreateKey',
      isAllowed: false,
      missingContext: ['aws:MultiFactorAuthPresent'],
      refusedBy: undefined,
    },
    { action: 'iam:PassRole', isAllowed: false, missingContext: [], refusedBy: 'organization' },
    { action: 'iam:CreateRole', isAllowed: false, missingContext: [], refusedBy: 'boundary' },
  ]);
  t.equal(asked.length, 2);
  t.equal(asked[0]?.get('PolicySourceArn'), principal);
  t.equal(asked[0]?.get('ContextEntries.member.1.ContextKeyName'), 'iam:PassedToService');
});
