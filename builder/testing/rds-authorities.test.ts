import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import t from 'tap';

t.test("the WordPress image's authorities of RDS are roots of regions, and stay good for long", async (t) => {
  const text = readFileSync('playbooks/roles/wordpress/files/rds-ca.pem', 'utf8');
  const roots = text
    .split(/^#.*\n/m)
    .filter((part) => part !== '')
    .map((part) => new X509Certificate(part));
  const regions = roots.map((root) => {
    t.ok(root.ca && root.verify(root.publicKey), `${root.subject} is a root`);
    t.ok(Date.parse(root.validTo) > Date.parse('2060-01-01'), root.validTo);
    return /CN=Amazon RDS ([a-z0-9-]+) Root CA RSA2048 G1$/m.exec(root.subject)?.[1];
  });
  t.equal(new Set(regions).size, roots.length, 'one of each');
  for (const region of ['eu-central-1', 'eu-west-1', 'us-east-1', 'us-west-2', 'ap-southeast-2'])
    t.ok(regions.includes(region), region);
});
