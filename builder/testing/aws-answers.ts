import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';

/** What was asked: the action's name, or method and path of a REST service; and the request's body. */
export type AwsQuestion = (name: string, body: string) => object | string;

/**
 * Stands in for services that no emulator has: answers as a test says, in the shapes of AWS's API models, a text as XML and
 * an object as JSON. `{ status, ...body }` is an error's.
 */
export async function answerAsAws(t: Test, answer: AwsQuestion): Promise<void> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const target = request.headers['x-amz-target']?.toString().split('.').at(-1);
    const rest = `${request.method} ${request.url}`;
    const said = answer(target ?? new URLSearchParams(body).get('Action') ?? rest, body);
    if (typeof said === 'string') return response.setHeader('content-type', 'text/xml').end(said);
    const { status = 200, ...data } = said as { status?: number };
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(data));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
  t.teardown(() => {
    process.env = before;
    server.closeAllConnections();
    server.close();
  });
}
