import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';
import { setVariables } from './set-variables.js';

/** What a service answers: the body of an answer, an error, or a connection that is cut. */
export type AwsAnswer =
  | { readonly body: string | object; readonly date?: Date }
  | { readonly error: string; readonly message: string; readonly status?: number; readonly date?: Date }
  | 'reset';

/** One call, and what was given. */
export interface AwsQuestion {
  /** "DescribeServices"; of a REST service method and path. */
  readonly action: string;
  /** Of JSON services the input; of those with a query its parameters. */
  readonly input: Record<string, unknown>;
  /** The time that its signature names. */
  readonly signedAt: Date;
}

/**
 * Services of AWS on 127.0.0.1 that answer what a test says, so that the SDK itself is in the test: its retries, its signatures,
 * its reading of answers. JSON and REST services take an object, those with a query the XML of their API reference.
 */
export async function awsAnswers(
  t: Test,
  answer: (question: AwsQuestion) => AwsAnswer,
): Promise<AwsQuestion[]> {
  const questions: AwsQuestion[] = [];
  const server = createServer((request, response) => {
    void text(request).then((sent) => {
      const question = read(sent, request);
      questions.push(question);
      const given = answer(question);
      const isJson = !('Action' in question.input);
      if (given === 'reset') return request.socket.destroy();
      const { status, body } = 'error' in given ? refusal(given, isJson) : { status: 200, body: given.body };
      response.sendDate = given.date === undefined;
      if (given.date !== undefined) response.setHeader('date', given.date.toUTCString());
      response.setHeader('content-type', isJson ? 'application/x-amz-json-1.1' : 'text/xml');
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
      return undefined;
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  setVariables(t, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'swordfish-of-aws',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
  return questions;
}

function read(sent: string, { headers, method, url }: IncomingMessage): AwsQuestion {
  const [, ...parts] = /^(....)(..)(..)T(..)(..)(..)Z$/.exec(String(headers['x-amz-date'])) ?? [];
  const [year = '', month = '', day = '', hour, minute, second] = parts;
  const signedAt = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const query = Object.fromEntries(new URLSearchParams(sent));
  if (query['Action'] !== undefined) return { action: query['Action'], input: query, signedAt };
  const action = headers['x-amz-target']?.toString().split('.').at(-1) ?? `${method} ${url}`;
  return { action, input: JSON.parse(sent || '{}') as Record<string, unknown>, signedAt };
}

function refusal(
  { error, message, status = 400 }: Extract<AwsAnswer, { readonly error: string }>,
  isJson: boolean,
): { status: number; body: string | object } {
  if (isJson) return { status, body: { __type: error, message } };
  const body = `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>${error}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
  return { status, body };
}
