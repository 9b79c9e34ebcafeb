import t from 'tap';
import { parseChallenges } from './parse-challenge.js';

t.test('what registries write', (t) => {
  const table: readonly [header: string | string[] | undefined, challenges: unknown][] = [
    [undefined, []],
    ['', []],
    ['Basic realm="Registry Realm"', [{ scheme: 'basic', parameters: { realm: 'Registry Realm' } }]],
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
      [
        {
          scheme: 'bearer',
          parameters: {
            realm: 'https://auth.docker.io/token',
            service: 'registry.docker.io',
            scope: 'repository:a/b:pull,push',
          },
        },
      ],
    ],
    [
      'BEARER Realm=https://a , error = "a \\"b\\""',
      [{ scheme: 'bearer', parameters: { realm: 'https://a', error: 'a "b"' } }],
    ],
    [
      ['Negotiate', 'Basic realm="x", Bearer realm="y"'],
      [
        { scheme: 'negotiate', parameters: {} },
        { scheme: 'basic', parameters: { realm: 'x' } },
        { scheme: 'bearer', parameters: { realm: 'y' } },
      ],
    ],
    ['Basic', [{ scheme: 'basic', parameters: {} }]],
    ['Basic realm="never ended', [{ scheme: 'basic', parameters: {} }]],
    ['"="', []],
  ];
  for (const [header, challenges] of table)
    t.match(parseChallenges(header), challenges as never, String(header));
  t.end();
});
