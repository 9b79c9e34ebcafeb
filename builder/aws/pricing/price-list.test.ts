import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { awsPriceList } from './price-list.js';

t.test('all pages of products are read', async (t) => {
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push(JSON.parse(body));
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      const more = asked.length === 1 ? { NextToken: 'second' } : {};
      response.end(
        JSON.stringify({ FormatVersion: 'aws_v1', PriceList: [`{"n":${asked.length}}`], ...more }),
      );
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  t.intercept(process, 'env', {
    value: {
      ...process.env,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'swordfish',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    },
  });
  const query = { service: 'AmazonEC2', filters: { instanceType: 'm6i.large' } };
  t.strictSame(await awsPriceList().products(query), ['{"n":1}', '{"n":2}']);
  const Filters = [{ Type: 'TERM_MATCH', Field: 'instanceType', Value: 'm6i.large' }];
  t.match(asked, [
    { ServiceCode: 'AmazonEC2', Filters },
    { ServiceCode: 'AmazonEC2', Filters, NextToken: 'second' },
  ]);
});
