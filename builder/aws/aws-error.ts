import { BuilderError } from '../errors.js';

/** What was asked of AWS, for a message: `ecr:CreateRepository` to "make the repository team/php". */
export interface AwsCall {
  /** As policies name it. */
  readonly action: string;
  /** After "can't": "make the repository team/php in 123456789012.dkr.ecr…". */
  readonly doing: string;
}

/** AWS could not be asked, as there is nobody to ask as: other sources of credentials may do. */
export class NoCredentialsError extends BuilderError {}

type Explain = (said: string, call: AwsCall) => { message: string; hint?: string; secret?: true };

const expired: Explain = (_, { doing }) => ({
  message: `Can't ${doing}: the AWS credentials have expired`,
  hint: 'Get new ones: with aws sso login, or in the way that your account uses.',
  secret: true,
});

/** What AWS says of a wrong signature repeats the request's headers, a session token among them. */
const unknown: Explain = (_, { doing }) => ({
  message: `Can't ${doing}: AWS does not accept these credentials`,
  hint: 'Check that AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the profile, belong together and to this partition, and that the clock is right.',
  secret: true,
});

const denied: Explain = (said, { action, doing }) => ({
  message: `Can't ${doing}: AWS does not allow ${action} (${said})`,
  hint: `Allow ${action} in a policy of that user or role, or of the repository.`,
});

const busy: Explain = (_, { doing }) => ({
  message: `Can't ${doing}: AWS refuses so many requests at a time`,
  hint: 'Try again in a minute.',
});

const unreachable: Explain = (said, { doing }) => ({
  message: `Can't ${doing}: AWS can't be reached (${said})`,
  hint: 'Check that the region exists, that the network works, and that AWS_ENDPOINT_URL is right if it is set.',
});

const noRegion: Explain = (_, { doing }) => ({
  message: `Can't ${doing}: no AWS region is set`,
  hint: 'Set AWS_REGION, or region in the profile.',
});

const explanations: Readonly<Record<string, Explain>> = {
  ExpiredTokenException: expired,
  ExpiredToken: expired,
  RequestExpired: expired,
  UnrecognizedClientException: unknown,
  InvalidClientTokenId: unknown,
  InvalidAccessKeyId: unknown,
  AuthFailure: unknown,
  InvalidSignatureException: unknown,
  SignatureDoesNotMatch: unknown,
  IncompleteSignature: unknown,
  MissingAuthenticationToken: unknown,
  AccessDeniedException: denied,
  AccessDenied: denied,
  UnauthorizedOperation: denied,
  Throttling: busy,
  ThrottlingException: busy,
  RequestLimitExceeded: busy,
  TooManyRequestsException: busy,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
  ECONNREFUSED: unreachable,
  ECONNRESET: unreachable,
  ETIMEDOUT: unreachable,
  EHOSTUNREACH: unreachable,
  TimeoutError: unreachable,
};

/**
 * An error of the SDK's as one of ours: what was asked, why it was refused, what to do.
 * Nothing of a request's headers is in it, nor in its cause.
 */
export function awsError(error: unknown, call: AwsCall): BuilderError {
  if (error instanceof BuilderError) return error;
  const { name, code = '', message: text } = error as NodeJS.ErrnoException;
  const [message = ''] = text.split('\n');
  if (name === 'AbortError') return new BuilderError('Interrupted', { code: 'interrupted', cause: error });
  if (/^(?:Credentials|Token)Provider/.test(name)) return noCredentials(message, call);
  const explain = [name, code].find((word) => Object.hasOwn(explanations, word));
  const { secret, ...said } = (explain === undefined ? other(message) : explanations[explain]!)(
    message,
    call,
  );
  return new BuilderError(said.message, {
    code: explanations[explain ?? ''] === unreachable ? 'unavailable' : 'failed',
    hint: said.hint,
    cause: secret ? undefined : error,
  });
}

function other(message: string): Explain {
  return message === 'Region is missing'
    ? noRegion
    : (said, { doing }) => ({ message: `Can't ${doing}: ${said}` });
}

function noCredentials(said: string, { doing }: AwsCall): NoCredentialsError {
  const stale = /sso|expired|refresh/i.test(said);
  return new NoCredentialsError(
    stale ? `Can't ${doing}: ${said.replace(/\.$/, '')}` : `Can't ${doing}: there are no AWS credentials`,
    {
      code: 'failed',
      hint: stale
        ? 'Log in again with aws sso login, with the right profile.'
        : 'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with aws sso login; on EC2, ECS and CodeBuild give the instance or task a role.',
    },
  );
}

/** Whether AWS does not allow what was asked, also where that is the cause of an error of ours. */
export function isDenied(error: unknown): boolean {
  const { name } = ((error instanceof BuilderError ? error.cause : error) ?? {}) as Partial<Error>;
  return name !== undefined && Object.hasOwn(explanations, name) && explanations[name] === denied;
}

/** Whether AWS answered with this exception. */
export function isAwsException(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}
