import { readFileSync } from 'node:fs';
import t from 'tap';
import { makeCertificates } from '../testing/certificates.js';
import { registryLogin, startDockerRegistry, tokenService } from '../testing/docker-registry.js';
import { startFaultProxy } from '../testing/fault-proxy.js';
import { MemorySink, randomImage } from '../testing/made-image.js';
import { startTokenServer } from '../testing/token-server.js';
import {
  type CredentialSource,
  type Credentials,
  anonymous,
  parseReference,
  pullImage,
  pushImage,
  registryClient,
  resolve,
} from './index.js';

const certificates = makeCertificates(t.testdir());

/** Returns the first of these, and the next one each time the last was refused. */
function givesInTurn(
  ...credentials: readonly (Credentials | undefined)[]
): CredentialSource & { readonly asked: boolean[] } {
  const asked: boolean[] = [];
  let at = 0;
  return {
    asked,
    find: (_registry, { renew }) => {
      asked.push(renew);
      if (renew && at < credentials.length - 1) at += 1;
      return Promise.resolve(credentials[at]);
    },
  };
}

const wrong = { username: 'platen', password: 'not the password' };

t.test('name and password', async (t) => {
  const registry = await startDockerRegistry({ inMemory: true, htpasswd: true });
  t.after(() => registry.stop());
  const image = randomImage();
  const target = parseReference(`${registry.host}/private/site:1`);
  {
    const source = givesInTurn(registryLogin);
    using client = registryClient({ credentials: source });
    await pushImage(client, image, target, { tags: ['1'] });
    const pulled = await pullImage(client, target, { sink: new MemorySink() });
    t.equal(pulled.manifest.digest, image.manifest.digest);
    t.strictSame(source.asked, [false], 'asked once for all');
  }
  for (const [credentials, hint] of [
    [anonymous, /docker login/],
    [givesInTurn(wrong), /docker login/],
  ] as const) {
    using client = registryClient({ credentials });
    const error = await resolve(client, target).catch((thrown: unknown) => thrown as Error);
    t.match(error, { status: 401, hint, message: /answered 401 Unauthorized to HEAD/ });
    t.notOk(JSON.stringify(error).includes(wrong.password));
    t.notOk((error as Error).message.includes(wrong.password));
  }
});

t.test('credentials that are refused in the middle of a push are renewed, once for all', async (t) => {
  const registry = await startDockerRegistry({ inMemory: true, htpasswd: true });
  t.after(() => registry.stop());
  for (const [status, refusals] of [
    [401, []],
    [403, []],
    [400, [400]],
  ] as const) {
    for (const pattern of [/^HEAD .*blobs/, /^POST/, /^PATCH/, /^PUT .*uploads/, /^PUT .*manifests/]) {
      const image = randomImage([40_000, 30_000]);
      // The proxy plays a registry that still accepts the first login, until it expires.
      const old = { username: 'platen', password: 'an older password' };
      const expired = `Basic ${Buffer.from(`${old.username}:${old.password}`).toString('base64')}`;
      const valid = `Basic ${Buffer.from(`${registryLogin.username}:${registryLogin.password}`).toString('base64')}`;
      let met = false;
      const proxy = await startFaultProxy(registry.host, (line, request) => {
        met ||= pattern.test(line);
        if (request.headers.authorization !== expired) return undefined;
        if (met)
          return { answer: { status, body: '{"errors":[{"code":"DENIED","message":"token expired"}]}' } };
        request.headers.authorization = valid;
        return undefined;
      });
      const source = givesInTurn(old, registryLogin);
      using client = registryClient({
        credentials: { ...source, refusals: () => refusals },
        sleep: () => Promise.reject(new Error('nothing to wait for')),
      });
      const target = parseReference(`${proxy.host}/renewed/${status}`);
      await pushImage(client, image, target, { tags: ['1'], partSize: 20_000 });
      t.strictSame(source.asked, [false, true], `${status} ${pattern.source}`);
      t.equal((await resolve(client, { ...target, tag: '1' })).digest, image.manifest.digest);
      await proxy.stop();
    }
  }
});

t.test('400 is renewed only where it means that', async (t) => {
  const registry = await startDockerRegistry({ inMemory: true, htpasswd: true });
  t.after(() => registry.stop());
  const proxy = await startFaultProxy(registry.host, (line) =>
    line.startsWith('HEAD') ? { answer: { status: 400 } } : undefined,
  );
  t.after(() => proxy.stop());
  const source = givesInTurn(registryLogin, registryLogin);
  using client = registryClient({ credentials: source });
  await t.rejects(resolve(client, parseReference(`${proxy.host}/a:1`)), {
    name: 'RegistryError',
    status: 400,
  });
  t.strictSame(source.asked, [false]);
});

t.test('a token service', async (t) => {
  const tokens = await startTokenServer(certificates);
  t.after(() => tokens.stop());
  const registry = await startDockerRegistry({
    token: { realm: tokens.realm, certificate: certificates.ca },
  });
  t.after(() => registry.stop());
  const image = randomImage();
  const target = parseReference(`${registry.host}/acme/site:1`);

  t.test('asked with name and password for what is going to be done, once', async (t) => {
    tokens.asked.length = 0;
    using client = registryClient({ credentials: givesInTurn(registryLogin) });
    await pushImage(client, image, target, { tags: ['1'], mountFrom: ['acme/base'] });
    const scopes = ['repository:acme/site:pull,push', 'repository:acme/base:pull'];
    t.strictSame(tokens.asked, [{ method: 'GET', service: tokenService, scopes, grantType: null }]);
    await pullImage(client, target, { sink: new MemorySink() });
    t.strictSame(tokens.asked.at(-1)?.scopes, ['repository:acme/site:pull']);
  });

  t.test('asked with an identity token', async (t) => {
    tokens.asked.length = 0;
    using client = registryClient({ credentials: givesInTurn({ identityToken: 'a-refresh-token' }) });
    await resolve(client, target);
    t.match(tokens.asked, [{ method: 'POST', grantType: 'refresh_token', service: tokenService }]);
    using other = registryClient({ credentials: givesInTurn({ identityToken: 'an-old-token' }) });
    await t.rejects(resolve(other, target), {
      message: /no login to .* answered 401 .*wrong login/,
      status: 401,
    });
  });

  t.test('asked without a login', async (t) => {
    using client = registryClient({ credentials: anonymous });
    await t.rejects(resolve(client, parseReference(`${registry.host}/public/none:1`)), { code: 'not-found' });
    await t.rejects(resolve(client, target), { name: 'RegistryError', status: 401, hint: /docker login/ });
  });

  t.test('a token of its own accord, refused and then got anew', async (t) => {
    using first = registryClient({ credentials: givesInTurn({ registryToken: 'no.good.token' }) });
    await t.rejects(resolve(first, target), { name: 'RegistryError', status: 401 });
    // docker-registry refuses a token of this lifetime from the start.
    tokens.settings.lifetimeSeconds = 30;
    tokens.asked.length = 0;
    const source = givesInTurn(registryLogin, registryLogin);
    using client = registryClient({ credentials: source });
    const proxy = await startFaultProxy(registry.host, (line) => {
      if (line.startsWith('HEAD')) tokens.settings.lifetimeSeconds = 300;
      return undefined;
    });
    t.after(() => proxy.stop());
    t.equal(
      (await resolve(client, parseReference(`${proxy.host}/acme/site:1`))).digest,
      image.manifest.digest,
    );
    t.equal(tokens.asked.length, 2);
  });

  t.test('a token that is about to expire is not used', async (t) => {
    tokens.settings.lifetimeSeconds = 300;
    tokens.asked.length = 0;
    let now = Date.now();
    using client = registryClient({ credentials: givesInTurn(registryLogin), clock: () => now });
    await resolve(client, target);
    now += 200_000;
    await resolve(client, target);
    t.equal(tokens.asked.length, 1);
    now += 80_000;
    await resolve(client, target);
    t.equal(tokens.asked.length, 2);
  });

  t.test('a service that fails for a while, or leads away', async (t) => {
    let left = 2;
    const unsteady = await startFaultProxy(new URL(tokens.realm).host, () =>
      left-- > 0 ? { answer: { status: 503 } } : undefined,
    );
    t.after(() => unsteady.stop());
    let realm = `http://${unsteady.host}/token`;
    const proxy = await startFaultProxy(registry.host, (line) =>
      line === 'GET /v2/'
        ? {
            answer: {
              status: 401,
              headers: { 'www-authenticate': `Bearer realm="${realm}",service="${tokenService}"` },
            },
          }
        : undefined,
    );
    t.after(() => proxy.stop());
    const toProxy = parseReference(`${proxy.host}/acme/site:1`);
    using client = registryClient({
      credentials: givesInTurn(registryLogin),
      sleep: () => Promise.resolve(),
    });
    t.equal((await resolve(client, toProxy)).digest, image.manifest.digest);
    realm = 'http://169.254.169.254/token';
    using other = registryClient({ credentials: givesInTurn(registryLogin) });
    await t.rejects(resolve(other, toProxy), {
      message: /169\.254\.169\.254.*refused, because it is an address of this machine/,
    });
  });
});

t.test('TLS with a private authority', async (t) => {
  const registry = await startDockerRegistry({ inMemory: true, tls: certificates, htpasswd: true });
  t.after(() => registry.stop());
  const image = randomImage();
  const target = parseReference(`${registry.host}/tls:1`);
  const ca = readFileSync(certificates.ca, 'utf8');
  const options = { credentials: givesInTurn(registryLogin) };
  using trusting = registryClient({ ...options, ca: () => ca });
  await pushImage(trusting, image, target, { tags: ['1'] });
  using byFile = registryClient({ ...options, environment: { SSL_CERT_FILE: certificates.ca } });
  t.equal((await resolve(byFile, target)).digest, image.manifest.digest);
  const home = t.testdir({ '.docker': { 'certs.d': { [registry.host]: { 'ca.crt': ca } } } });
  using byFolder = registryClient({ ...options, environment: { HOME: home } });
  t.equal((await resolve(byFolder, target)).digest, image.manifest.digest);
  using strict = registryClient(options);
  await t.rejects(resolve(strict, target), {
    code: 'unavailable',
    message: /its certificate is from an authority that this machine does not trust$/,
    hint: /certs\.d/,
  });
});

t.test('what a registry repeats of a login is not shown', async (t) => {
  const registry = await startDockerRegistry({ inMemory: true, htpasswd: true });
  t.after(() => registry.stop());
  const basic = Buffer.from(`${registryLogin.username}:${registryLogin.password}`).toString('base64');
  const body = JSON.stringify({
    errors: [{ code: 'DENIED', message: `no: ${basic} is ${registryLogin.password}` }],
  });
  const proxy = await startFaultProxy(registry.host, (line) =>
    line.startsWith('GET /v2/a')
      ? { answer: { status: 418, body } }
      : line.startsWith('HEAD')
        ? { answer: { status: 405 } }
        : undefined,
  );
  t.after(() => proxy.stop());
  using client = registryClient({ credentials: givesInTurn(registryLogin) });
  await t.rejects(resolve(client, parseReference(`${proxy.host}/a:1`)), {
    message: /\(DENIED: no: \*\*\* is \*\*\*\)$/,
  });
});
