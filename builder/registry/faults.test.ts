import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { startDockerRegistry } from '../testing/docker-registry.js';
import { type Fault, type FaultProxy, startCuttingProxy, startFaultProxy } from '../testing/fault-proxy.js';
import { MemorySink, randomImage } from '../testing/made-image.js';
import type { RegistryLimits } from './transport/client-context.js';
import type { ImageSource } from './push/image-source.js';
import { inParallel } from './in-parallel.js';
import {
  type RegistryClient,
  RegistryError,
  anonymous,
  openBlob,
  parseReference,
  pullImage,
  pushImage,
  registryClient,
  resolve,
} from './index.js';

const registry = await startDockerRegistry({ inMemory: true });
t.after(() => registry.stop());
const direct = registryClient({ credentials: anonymous });
t.after(() => direct[Symbol.dispose]());

/** A client that records its waits instead of sleeping. */
function hurried(waits: number[] = [], limits: Partial<RegistryLimits> = {}): RegistryClient {
  const sleep = (ms: number): Promise<void> => {
    waits.push(ms);
    return Promise.resolve();
  };
  return registryClient({
    credentials: anonymous,
    sleep,
    // Longer than this machine may stall; tests of silence set limits of their own.
    limits: { stallMs: 20_000, commitMs: 30_000, ...limits },
  });
}

async function withProxy(
  fault: Parameters<typeof startFaultProxy>[1],
  use: (proxy: FaultProxy) => Promise<void>,
): Promise<void> {
  const proxy = await startFaultProxy(registry.host, fault);
  try {
    await use(proxy);
  } finally {
    await proxy.stop();
  }
}

/** Applies the fault to the first `count` requests that match. */
function first(count: number, pattern: RegExp, fault: Fault): (line: string) => Fault | undefined {
  let left = count;
  return (line) => (pattern.test(line) && left-- > 0 ? fault : undefined);
}

async function arrived(t: Test, image: ImageSource, repository: string): Promise<void> {
  const reference = parseReference(`${registry.host}/${repository}:1`);
  const sink = new MemorySink();
  const pulled = await pullImage(direct, reference, { sink });
  t.strictSame(pulled.manifest.bytes, image.manifest.bytes);
  for (const blob of image.blobs) t.strictSame(sink.blobs.get(blob.digest), await buffer(image.open(blob)));
}

t.test('200 pushes over a line that breaks anywhere: whole, or one clear error', async (t) => {
  const fates = { whole: 0, failed: 0 };
  const proxy = await startCuttingProxy(registry.host, () => {
    const holds = randomInt(4) === 0;
    // Uploads are mostly blobs; most answers are short.
    return holds ? undefined : randomInt(2) === 0 ? { up: randomInt(8000) } : { down: randomInt(1000) };
  });
  const push = async (count: number): Promise<void> => {
    const image = randomImage([randomInt(20_000), randomInt(3000)]);
    const repository = `cut/${count}`;
    using client = hurried();
    try {
      await pushImage(client, image, parseReference(`${proxy.host}/${repository}`), { tags: ['1'] });
      fates.whole += 1;
      await arrived(t, image, repository);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      fates.failed += 1;
      t.match(error.message, /^Can't (ask|upload|push) .* (times$|took)/);
      t.notOk(error.message.includes('\n'));
      const there = await resolve(direct, parseReference(`${registry.host}/${repository}:1`)).catch(
        () => undefined,
      );
      // The tag may exist, and only the answer have been lost.
      if (there !== undefined) await arrived(t, image, repository);
    }
  };
  const all = Array.from({ length: 200 }, (_, count) => count);
  await inParallel(all, { limit: 4 }, push);
  await proxy.stop();
  t.comment(fates);
  t.ok(fates.whole > 50, `${fates.whole} of 200`);
});

t.test('a registry that has too much to do, or fails for a while', async (t) => {
  const statuses = [408, 429, 503];
  for (const status of statuses)
    for (const pattern of [/^HEAD .*blobs/, /^POST/, /^PUT .*uploads/, /^PUT .*manifests/, /^GET \/v2\/$/]) {
      const image = randomImage();
      const name = `busy/${status}/${pattern.source.replace(/[^a-z]+/gi, '').toLowerCase()}`;
      const waits: number[] = [];
      await withProxy(first(2, pattern, { answer: { status } }), async (proxy) => {
        using client = hurried(waits);
        await pushImage(client, image, parseReference(`${proxy.host}/${name}`), { tags: ['1'] });
      });
      await arrived(t, image, name);
      // Two concurrent requests may each meet one of the faults.
      t.ok(
        waits.length === 2 && waits.every((wait) => wait >= 250 && wait <= 1000),
        `${name}: ${waits.join()}`,
      );
    }
});

t.test('waits as long as the registry says, and no longer than anybody would', async (t) => {
  const waits: number[] = [];
  const inAWhile = new Date(Date.now() + 20_000).toUTCString();
  for (const header of ['7', inAWhile]) {
    const fault = first(1, /^PUT .*manifests/, {
      answer: { status: 429, headers: { 'retry-after': header } },
    });
    await withProxy(fault, async (proxy) => {
      using client = hurried(waits);
      await pushImage(client, randomImage(), parseReference(`${proxy.host}/later`), { tags: ['1'] });
    });
  }
  t.equal(waits[0], 7000);
  t.ok(waits[1] !== undefined && waits[1] > 10_000 && waits[1] <= 20_000);

  const hours = {
    answer: {
      status: 429,
      headers: { 'retry-after': '7200' },
      body: '{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}',
    },
  };
  await withProxy(first(99, /^HEAD/, hours), async (proxy) => {
    using client = hurried();
    await t.rejects(resolve(client, parseReference(`${proxy.host}/later`)), {
      message: /answered 429 Too Many Requests to HEAD .* asks to wait 7200 s$/,
      temporary: false,
    });
  });
});

t.test('a registry that keeps failing ends in one message, after waits that grow', async (t) => {
  const answer = { status: 500, body: '{"errors":[{"code":"UNKNOWN","message":"disk\\u001b[31m full"}]}' };
  const waits: number[] = [];
  await withProxy(first(999, /^PUT .*uploads/, { answer }), async (proxy) => {
    using client = hurried(waits);
    await t.rejects(
      pushImage(client, randomImage(), parseReference(`${proxy.host}/failing`), {
        tags: ['1'],
        concurrency: 1,
      }),
      {
        name: 'RegistryError',
        message: new RegExp(
          `^Can't upload sha256:[0-9a-f]{12} to ${proxy.host}/failing: ${proxy.host} answered 500 Internal Server Error to PUT http://${proxy.host}/v2/failing/blobs/uploads/[0-9a-f-]+\\?_state=…&digest=sha256:[0-9a-f]+ \\(UNKNOWN: disk \\[31m full\\), 6 times$`,
        ),
        registryCodes: ['UNKNOWN'],
        status: 500,
      },
    );
    t.equal(waits.length, 5);
    for (const [index, wait] of waits.entries())
      t.ok(wait >= 250 * 2 ** index && wait <= 500 * 2 ** index, `${wait}`);
  });
});

t.test('each try is an upload session of its own', async (t) => {
  const image = randomImage([50_000]);
  await withProxy(first(2, /^PATCH/, { answer: { status: 416 } }), async (proxy) => {
    using client = hurried();
    await pushImage(client, image, parseReference(`${proxy.host}/sessions`), {
      tags: ['1'],
      partSize: 20_000,
      concurrency: 1,
    });
    const began = proxy.requests.filter((line) => line.startsWith('POST')).length;
    t.equal(began, image.blobs.length + 2);
  });
  await arrived(t, image, 'sessions');
});

t.test('a registry that says 201 and keeps nothing', async (t) => {
  const lies = { answer: { status: 201, headers: { location: '/v2/lies/blobs/x' } } };
  for (const [pattern, message] of [
    [/^PUT .*uploads/, /^Can't upload .* accepted sha256:[0-9a-f]{12}, but does not have it, 6 times$/],
    [
      /^PUT .*manifests/,
      /^Can't push the tag 1 .* accepted sha256:[0-9a-f]{64} as 1, but has nothing under that name, 6 times$/,
    ],
  ] as const)
    await withProxy(first(999, pattern, lies), async (proxy) => {
      using client = hurried();
      await t.rejects(
        pushImage(client, randomImage(), parseReference(`${proxy.host}/lies`), { tags: ['1'] }),
        { message },
      );
    });
  const image = randomImage();
  await withProxy(first(2, /^PUT .*(uploads|manifests)/, lies), async (proxy) => {
    using client = hurried();
    await pushImage(client, image, parseReference(`${proxy.host}/forgetful`), { tags: ['1'] });
  });
  await arrived(t, image, 'forgetful');
});

t.test('a blob that comes altered, too long, or cut short for ever', async (t) => {
  const image = randomImage([100_000]);
  const [, layer] = image.blobs;
  await pushImage(direct, image, parseReference(`${registry.host}/pulled`), { tags: ['1'] });
  const flip = (body: Buffer): Buffer =>
    Buffer.from(body.map((byte, index) => (index === 70_000 ? byte ^ 1 : byte)));
  const faults: readonly [Fault, RegExp][] = [
    [{ alter: flip }, /The blob sha256:[0-9a-f]{64} of \S+ has the digest sha256:[0-9a-f]{64}$/],
    [{ cutAfter: 0 }, /the connection was cut, 6 times, after 0 of [0-9]+ bytes$/],
    [{ endAfter: 10 }, /was cut short, [0-9] times, after [0-9]+ of [0-9]+ bytes$/],
  ];
  for (const [fault, message] of faults)
    await withProxy(first(999, new RegExp(`^GET .*${layer?.digest}`), fault), async (proxy) => {
      using client = hurried();
      const sink = new MemorySink();
      await t.rejects(pullImage(client, parseReference(`${proxy.host}/pulled:1`), { sink }), { message });
      t.notOk(layer === undefined || sink.has(layer.digest));
      t.equal(sink.open, 0);
    });
});

t.test('a download that breaks goes on where it was', async (t) => {
  const image = randomImage([400_000]);
  const [, layer] = image.blobs;
  if (layer === undefined) throw new Error('no layer');
  await pushImage(direct, image, parseReference(`${registry.host}/broken`), { tags: ['1'] });
  for (const fault of [{ cutAfter: 100_000 }, { endAfter: 100_000 }, { stopAfter: 100_000 }]) {
    const ranges: (string | undefined)[] = [];
    const faulty = first(1, /^GET .*blobs/, fault);
    await withProxy(
      (line, request) => {
        if (line.startsWith('GET') && line.includes('blobs')) ranges.push(request.headers.range);
        return faulty(line);
      },
      async (proxy) => {
        using client = hurried([], { stallMs: 1500 });
        const bytes = await buffer(openBlob(client, parseReference(`${proxy.host}/broken`), layer));
        t.strictSame(bytes, await buffer(image.open(layer)));
        t.strictSame(ranges, [undefined, 'bytes=100000-'], JSON.stringify(fault));
      },
    );
  }
});

t.test('a slow registry is waited for, a silent one is not', async (t) => {
  const image = randomImage([60_000]);
  const [, layer] = image.blobs;
  if (layer === undefined) throw new Error('no layer');
  await withProxy(
    (line) =>
      line.startsWith('PUT')
        ? { delayMs: 300 }
        : line.includes('blobs/sha256')
          ? { trickle: 400 }
          : undefined,
    async (proxy) => {
      using client = hurried([], { stallMs: 1500, commitMs: 5000 });
      await pushImage(client, image, parseReference(`${proxy.host}/slow`), { tags: ['1'] });
      t.equal(
        (await buffer(openBlob(client, parseReference(`${proxy.host}/slow`), layer))).length,
        layer.size,
      );
    },
  );
  const silences = [/^HEAD/, /^POST/, /^PUT/, /^GET \/v2\/$/].map((pattern) =>
    withProxy(first(999, pattern, { silent: true }), async (proxy) => {
      using client = hurried([], { commitMs: 1000, stallMs: 500 });
      await t.rejects(
        pushImage(client, randomImage(), parseReference(`${proxy.host}/silent`), { tags: ['1'] }),
        { message: /it stopped sending, 2 times$/ },
      );
    }),
  );
  await Promise.all(silences);
});

t.test('is not sent to private addresses', async (t) => {
  const image = randomImage();
  const places = [
    'http://169.254.169.254/latest',
    'http://10.0.0.1/x',
    'https://[::1]:1/x',
    'http://127.0.0.2:1/x',
    'file:///etc/passwd',
  ];
  for (const location of places) {
    const message = /refused, because it is (an address of this machine|a private address)|is not HTTPS/;
    const sent = { answer: { status: 202, headers: { location } } };
    await withProxy(first(999, /^POST/, sent), async (proxy) => {
      using client = hurried();
      await t.rejects(
        pushImage(client, image, parseReference(`${proxy.host}/away`), { tags: ['1'] }),
        { message },
        location,
      );
    });
    const redirected = { answer: { status: 307, headers: { location } } };
    await withProxy(first(999, /^(GET|HEAD) .*manifests/, redirected), async (proxy) => {
      using client = hurried();
      await t.rejects(resolve(client, parseReference(`${proxy.host}/away:1`)), { message }, location);
    });
  }
});

t.test('a redirect to another port of the same host is followed', async (t) => {
  const image = randomImage();
  await pushImage(direct, image, parseReference(`${registry.host}/redirected`), { tags: ['1'] });
  await withProxy(
    (line) =>
      line.startsWith('GET') && line.includes('blobs')
        ? {
            answer: {
              status: 307,
              headers: { location: `http://${registry.host}${line.slice('GET '.length)}` },
            },
          }
        : undefined,
    async (proxy) => {
      using client = hurried();
      const sink = new MemorySink();
      await pullImage(client, parseReference(`${proxy.host}/redirected:1`), { sink });
      t.equal(sink.blobs.size, image.blobs.length);
    },
  );
  const forEver = (line: string): Fault | undefined =>
    line.includes('manifests')
      ? { answer: { status: 307, headers: { location: line.split(' ')[1] ?? '' } } }
      : undefined;
  await withProxy(forEver, async (proxy) => {
    using client = hurried();
    await t.rejects(resolve(client, parseReference(`${proxy.host}/redirected:1`)), {
      message: /without end/,
    });
  });
});

t.test('a layer that is damaged here is not blamed on the registry', async (t) => {
  const image = randomImage([5000]);
  const other = randomImage([5000]);
  const target = parseReference(`${registry.host}/damaged`);
  const [, layer] = image.blobs;
  const swapped = {
    ...image,
    open: (blob: (typeof image.blobs)[number]) =>
      blob === layer || blob.digest === layer?.digest ? other.open(other.blobs[1] ?? blob) : image.open(blob),
  };
  await t.rejects(pushImage(direct, swapped, target, { tags: ['1'] }), {
    code: 'invalid',
    message:
      /is damaged on this machine: its bytes have the digest|than its [0-9]+ bytes here: it is damaged/,
  });
});

t.test('interrupted, it stops at once; pushed again, it sends what is missing', async (t) => {
  const image = randomImage([400_000, 300_000, 200_000]);
  const controller = new AbortController();
  let uploads = 0;
  await withProxy(
    (line) =>
      line.startsWith('PUT') && line.includes('uploads') && ++uploads > 1 ? { silent: true } : undefined,
    async (proxy) => {
      using client = registryClient({ credentials: anonymous, signal: controller.signal });
      const pushed = pushImage(client, image, parseReference(`${proxy.host}/stopped`), {
        tags: ['1'],
        concurrency: 2,
        onProgress: ({ state }) => state === 'uploaded' && setTimeout(() => controller.abort(), 100),
      });
      await t.rejects(pushed, { code: 'interrupted', message: 'Interrupted' });
    },
  );
  const target = parseReference(`${registry.host}/stopped`);
  t.match(await pushImage(direct, image, target, { tags: ['1'] }), { existing: 1, uploaded: 3 });
  await arrived(t, image, 'stopped');
});

t.test('a blob that a registry lost is sent again', async (t) => {
  const forgetful = await startDockerRegistry();
  t.after(() => forgetful.stop());
  const image = randomImage();
  const target = parseReference(`${forgetful.host}/lost`);
  await pushImage(direct, image, target, { tags: ['1'] });
  const hex = image.blobs[1]?.digest.slice('sha256:'.length) ?? '';
  rmSync(join(forgetful.storage, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex), {
    recursive: true,
  });
  t.match(await pushImage(direct, image, target, { tags: ['1'] }), { existing: 2, uploaded: 1 });
  const pulled = await pullImage(direct, { ...target, tag: '1' }, { sink: new MemorySink() });
  t.equal(pulled.manifest.digest, image.manifest.digest);
});
