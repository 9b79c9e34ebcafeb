import t from 'tap';
import { BuilderError } from '../errors.js';
import { awsError, isDenied, NoCredentialsError } from './aws-error.js';

const call = { action: 'ecr:PutImage', doing: 'push' };

function named(name: string, message: string, code?: string): Error {
  return Object.assign(new Error(message), { name }, code === undefined ? {} : { code });
}

const cases: readonly (readonly [name: string, said: string, message: string])[] = [
  [
    'ExpiredTokenException',
    'The security token included in the request is expired',
    "Can't push: the AWS credentials have expired",
  ],
  [
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
    "Can't push: AWS does not accept these credentials",
  ],
  [
    'InvalidSignatureException',
    'The Canonical String was x-amz-security-token:swordfish',
    "Can't push: AWS does not accept these credentials",
  ],
  [
    'AccessDeniedException',
    'User: arn:aws:iam::1:user/x is not authorized',
    "Can't push: AWS does not allow ecr:PutImage (User: arn:aws:iam::1:user/x is not authorized)",
  ],
  ['ThrottlingException', 'Rate exceeded', "Can't push: AWS refuses so many requests at a time"],
  ['Error', 'Region is missing', "Can't push: no AWS region is set"],
  [
    'CredentialsProviderError',
    'Could not load credentials from any providers',
    "Can't push: there are no AWS credentials",
  ],
  [
    'CredentialsProviderError',
    'The SSO session associated with this profile has expired.',
    "Can't push: The SSO session associated with this profile has expired",
  ],
  ['constructor', 'something new', "Can't push: something new"],
  [
    'SyntaxError',
    'Unexpected token <\n  Deserialization error: to see the raw response',
    "Can't push: Unexpected token <",
  ],
];

for (const [name, said, message] of cases)
  t.test(`${name}: ${said}`, async (t) => {
    const error = awsError(named(name, said), call);
    t.equal(error.message, message);
    t.equal(error.code, 'failed');
    t.notMatch(
      JSON.stringify([error.message, error.hint]) + String((error.cause as Error)?.message),
      /swordfish/,
    );
    t.equal(error instanceof NoCredentialsError, name === 'CredentialsProviderError');
  });

t.test('a network that is down, and an interruption', async (t) => {
  t.match(awsError(named('Error', 'getaddrinfo ENOTFOUND x', 'ENOTFOUND'), call), { code: 'unavailable' });
  t.match(awsError(named('AbortError', 'Request aborted'), call), { code: 'interrupted' });
  const own = new BuilderError('ours', { code: 'failed' });
  t.equal(awsError(own, call), own);
});

t.test('what AWS does not allow is known by its name, whoever wrapped it', async (t) => {
  const refused = named('AccessDeniedException', 'not authorized');
  t.ok(isDenied(refused));
  t.ok(isDenied(awsError(refused, call)));
  t.notOk(isDenied(awsError(named('ThrottlingException', 'not authorized'), call)));
  t.notOk(isDenied(undefined));
});
