import t from 'tap';
import { formatReference, parseReference } from './reference.js';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

t.test('names, as the distribution project has them', (t) => {
  const table: readonly [text: string, registry: string, whole: string][] = [
    ['php', 'registry-1.docker.io', 'docker.io/library/php'],
    ['php:8.3-fpm', 'registry-1.docker.io', 'docker.io/library/php:8.3-fpm'],
    ['acme/site', 'registry-1.docker.io', 'docker.io/acme/site'],
    ['docker.io/php', 'registry-1.docker.io', 'docker.io/library/php'],
    ['index.docker.io/acme/site:1', 'registry-1.docker.io', 'docker.io/acme/site:1'],
    ['registry-1.docker.io/library/php', 'registry-1.docker.io', 'docker.io/library/php'],
    ['ghcr.io/acme/site:1.2', 'ghcr.io', 'ghcr.io/acme/site:1.2'],
    ['localhost/site', 'localhost', 'localhost/site'],
    ['localhost:5000/site:1', 'localhost:5000', 'localhost:5000/site:1'],
    ['127.0.0.1:5000/a/b/c/d', '127.0.0.1:5000', '127.0.0.1:5000/a/b/c/d'],
    ['[::1]:5000/site', '[::1]:5000', '[::1]:5000/site'],
    ['[2001:db8::1]/site', '[2001:db8::1]', '[2001:db8::1]/site'],
    ['Registry.Example/site', 'Registry.Example', 'Registry.Example/site'],
    ['HOST/site', 'HOST', 'HOST/site'],
    [`php@${digest}`, 'registry-1.docker.io', `docker.io/library/php@${digest}`],
    [`ghcr.io/acme/site:1@${digest}`, 'ghcr.io', `ghcr.io/acme/site:1@${digest}`],
    ['a.b/c_d/e__f/g-h/i---j/k.l', 'a.b', 'a.b/c_d/e__f/g-h/i---j/k.l'],
    [
      '123456789012.dkr.ecr.eu-central-1.amazonaws.com/a:_x.Y-z',
      '123456789012.dkr.ecr.eu-central-1.amazonaws.com',
      '123456789012.dkr.ecr.eu-central-1.amazonaws.com/a:_x.Y-z',
    ],
    ['acme/localhost:5000', 'registry-1.docker.io', 'docker.io/acme/localhost:5000'],
  ];
  for (const [text, registry, whole] of table) {
    const reference = parseReference(text);
    t.equal(reference.registry, registry, text);
    t.equal(formatReference(reference), whole, text);
    t.strictSame(parseReference(whole), reference, `${whole} means the same`);
  }
  t.strictSame(parseReference(`localhost:5000/a/b:1@${digest}`), {
    registry: 'localhost:5000',
    name: 'localhost:5000/a/b',
    repository: 'a/b',
    tag: '1',
    digest,
  });
  t.end();
});

t.test('what is not a name is refused, and why', (t) => {
  const table: readonly [text: string, why: RegExp][] = [
    ['', /the repository is missing/],
    ['ghcr.io/', /the repository is missing/],
    ['Site', /upper-case letters are for hosts and tags only/],
    ['ghcr.io/Acme/site', /upper-case letters/],
    ['acme//site', /not a repository/],
    ['acme/site/', /not a repository/],
    ['-acme/site', /not a repository/],
    ['a___b', /not a repository/],
    ['a..b/c', /not a host/],
    ['acme/site:', /"" is not a tag/],
    ['acme/site:-x', /"-x" is not a tag/],
    [`acme/site:${'x'.repeat(129)}`, /is not a tag/],
    ['acme/site@sha256:12', /is not a digest/],
    [`acme/site@${digest.toUpperCase()}`, /is not a digest/],
    [`acme/site@sha512:${'0'.repeat(128)}`, /is not a digest/],
    [`a@${digest}@${digest}`, /more than one @/],
    ['host:99999/site', /there is no port 99999/],
    ['host:0/site', /there is no port 0/],
    ['host.example:/site', /not a host/],
    ['https://ghcr.io/acme/site', /not a (host|repository)/],
    ['user:secret@ghcr.io/site', /is not a digest/],
    ['ghcr.io/acme site', /not a repository/],
    [`ghcr.io/${'a'.repeat(250)}`, /more than 255 characters/],
  ];
  for (const [text, message] of table)
    t.throws(() => parseReference(text), { code: 'usage', message }, JSON.stringify(text));
  t.end();
});
