import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { buildForTest, removeTags } from '../../../testing/build-for-test.js';
import type { ContainerOptions } from './containers.js';
import { dockerResources } from './docker-resources.js';

const name = `platen-test-${process.pid}-${randomBytes(3).toString('hex')}`;
const labels = { 'platen.test': name };
const { containers, networks, volumes, images } = await dockerResources({ host: process.env.DOCKER_HOST });
const { reference } = await buildForTest('valkey', { tag: 'resources' });

t.teardown(async () => {
  for (const { id } of await containers.list(labels)) await containers.remove(id);
  for (const { name: one } of await volumes.list(labels)) await volumes.remove(one);
  for (const { name: one } of await networks.list(labels)) await networks.remove(one);
  await removeTags(reference);
});

/** A container that runs a line of shell. */
function shell(
  line: string,
  more: { HostConfig?: object; Volumes?: Record<string, object> } = {},
): ContainerOptions {
  return {
    Image: reference,
    Entrypoint: ['/bin/sh', '-c', line],
    Labels: labels,
    ...more,
    HostConfig: { NetworkMode: 'none', ...more.HostConfig },
  };
}

t.test('a network is made, found with its addresses, and removed', async (t) => {
  const first = await networks.create(name, { labels });
  await networks.remove(name);
  const again = await networks.create(name, { labels, subnet: first.subnet });
  t.equal(again.subnet, first.subnet);
  t.match(await networks.find(name), { name, labels, containers: [] });
  t.strictSame(
    (await networks.list(labels)).map((one) => one.name),
    [name],
  );
  await networks.remove(name);
  t.equal(await networks.find(name), undefined);
  await t.resolves(networks.remove(name), 'one that is gone is not an error');
});

t.test('a volume keeps its labels, and goes with what is in it', async (t) => {
  await volumes.create(name, { labels });
  await volumes.create(name, { labels: { other: '1' } });
  t.match(await volumes.find(name), { name, labels });
  await volumes.remove(name);
  t.equal(await volumes.find(name), undefined);
  t.strictSame(await volumes.list(labels), []);
});

t.test('an image tells what runs, an unknown one nothing', async (t) => {
  t.ok((await images.find(reference))?.names.includes(reference));
  t.match(await images.find(reference), {
    entrypoint: ['/usr/local/sbin/valkey-entrypoint'],
    healthCheck: ['CMD', '/usr/local/sbin/valkey-health'],
  });
  t.equal(await images.find('platen-test/nothing:of-that-name'), undefined);
});

t.test('a container is made with files, started, asked, measured and stopped', async (t) => {
  const one = `${name}-one`;
  const line = 'stat -c %a:%u:%g /secrets/word; cat /secrets/word >&2; trap "exit 3" TERM; sleep 60 & wait';
  const more = { HostConfig: { ReadonlyRootfs: true }, Volumes: { '/secrets': {} } };
  await containers.create(one, shell(line, more));
  const bytes = Buffer.from('open sesame\n');
  await containers.putFiles(one, '/secrets', [{ name: 'word', bytes, mode: 0o600, uid: 33, gid: 34 }]);
  t.match(await containers.find(one), { name: one, state: 'created', exitCode: 0, labels });
  await containers.start(one);
  await t.resolves(containers.start(one), 'to start one that runs is not an error');
  t.match(await containers.run(one, { argv: ['sh', '-c', 'id -u; echo no >&2; exit 4'], user: '33' }), {
    exitCode: 4,
    stdout: '33\n',
    stderr: 'no\n',
  });
  const usage = await containers.usage(one);
  t.ok((usage?.memory ?? 0) > 0, 'memory is measured');
  await containers.stop(one, 10);
  t.match(await containers.find(one), { state: 'exited', exitCode: 3, restarts: 0 });
  const lines = [];
  for await (const line of containers.logs(one)) lines.push(line);
  t.match(
    lines.map(({ channel, text: said }) => `${channel} ${said}`).toSorted(),
    ['stderr open sesame', 'stdout 600:33:34'],
    'line by line',
  );
  t.match(lines[0]?.time, /^\d{4}-\d\d-\d\dT.*Z$/);
  const [volume = ''] = Object.values((await containers.find(one))?.volumes ?? {});
  await containers.remove(one);
  t.equal(await containers.find(one), undefined);
  t.equal(await volumes.find(volume), undefined, 'its unnamed volume goes with it');
});

t.test('a log is followed to the end of the container, or until nobody wants it', async (t) => {
  const one = `${name}-talker`;
  await containers.create(one, shell('for i in 1 2 3; do echo $i; sleep 0.1; done'));
  await containers.start(one);
  const seen: string[] = [];
  for await (const line of containers.logs(one, { follow: true })) seen.push(line.text);
  t.strictSame(seen, ['1', '2', '3']);
  t.equal(await containers.wait(one), 0);

  const endless = `${name}-endless`;
  await containers.create(endless, shell('echo begin; sleep 60'));
  await containers.start(endless);
  const controller = new AbortController();
  for await (const line of containers.logs(endless, { follow: true, signal: controller.signal })) {
    t.equal(line.text, 'begin');
    controller.abort();
  }
  await containers.kill(endless);
  t.equal(await containers.wait(endless), 137);
});

t.test('a command and a container run in the foreground', async (t) => {
  const streams = (stdin: PassThrough) => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    return { streams: { stdin, stdout, stderr, terminal: false }, stdout, stderr };
  };
  const one = `${name}-foreground`;
  await containers.create(one, {
    ...shell('cat; exit 7'),
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stdin = new PassThrough();
  const own = streams(stdin);
  stdin.end('through and through');
  const code = await containers.startInForeground(one, own.streams, { signal: new AbortController().signal });
  own.stdout.end();
  t.equal(code, 7);
  t.equal(await text(own.stdout), 'through and through');

  const other = `${name}-host`;
  await containers.create(other, shell('sleep 60'));
  await containers.start(other);
  const input = new PassThrough();
  const inside = streams(input);
  input.end('a line\n');
  const ended = await containers.runInForeground(
    other,
    { argv: ['sh', '-c', 'read x; echo "$x" >&2; exit 5'] },
    inside.streams,
  );
  inside.stderr.end();
  t.equal(ended, 5);
  t.equal(await text(inside.stderr), 'a line\n');
});

t.test("the engine's refusal is told as a sentence", async (t) => {
  await t.rejects(containers.create(`${name}-none`, { Image: 'platen-test/none:none' }), {
    message: /^Cannot make the container .*: No such image: platen-test\/none:none$/,
    code: 'failed',
  });
});
