import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { checkAgainstAnsible } from '../fixtures/check-comparison.js';

const files = join(import.meta.dirname, '..', 'fixtures', 'files');
const sum = createHash('sha256')
  .update(readFileSync(join(files, 'one.conf')))
  .digest('hex');

const basic = `Basic ${Buffer.from('u:p').toString('base64')}`;

/** Serves the fixtures' files, and redirects and errors for get_url. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? '/', 'http://test');
  const { authorization, 'x-token': token } = request.headers;
  const [, gate, rest = ''] = /^\/(redirect|secret|header)\/(.*)$/.exec(pathname) ?? [];
  if (pathname === '/LIST') return void response.end(`${'0'.repeat(64)}  other.conf\n${sum} *./one.conf\n`);
  if (gate === 'redirect') return void response.writeHead(302, { location: `/${rest}` }).end();
  if (gate === 'secret' && authorization !== basic) return void response.writeHead(401).end();
  if (gate === 'header' && token !== 't') return void response.writeHead(403).end();
  try {
    response.end(readFileSync(join(files, gate === undefined ? pathname : rest)));
  } catch {
    response.writeHead(404).end();
  }
}

const server = createServer(answer);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
await checkAgainstAnsible(t, 'unarchive', (text) =>
  text.replaceAll('URL', `http://127.0.0.1:${port}`).replaceAll('SUM', sum),
);
server.close();
