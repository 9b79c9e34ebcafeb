import { readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Agent, request } from 'undici';
import { silentReporter } from '../../../reporter.js';
import { type OpenedPlatform, openPlatform } from '../../../run/open-platform.js';
import { freePorts, leftovers, localTestPlatform } from '../../../testing/local-platform.js';
import { PlatenProgram } from '../../../testing/platen-program.js';
import type { PlatformDriver } from '../../driver.js';

t.setTimeout(1_500_000);

const root = t.testdir({ program: {}, project: {} });
const folder = join(root, 'project');
const platform = await localTestPlatform(folder);
const program = new PlatenProgram(join(root, 'program'));
const [httpsPort = 0, httpPort = 0, registryPort = 0, mailPort = 0] = await freePorts(4);
const copy = `${platform.name}-copy`;
writeFileSync(
  join(folder, `infra-cfn/environments/${copy}.yaml`),
  JSON.stringify({ local: { httpsPort, httpPort, registryPort, mailPort, images: platform.images } }),
);
const openCopy = (): Promise<OpenedPlatform> =>
  openPlatform(copy, {
    reporter: silentReporter,
    signal: new AbortController().signal,
    environment: { ...process.env, ...platform.environment },
    projectFolder: folder,
  });
const [first, second] = [(await platform.open()).driver, (await openCopy()).driver];
t.teardown(() => platform.remove());
t.teardown(() => second.destroy({ withData: true }));

const agent = new Agent({ connect: { rejectUnauthorized: false } });
t.teardown(() => agent.close());
const file = join(folder, 'site.backup');
const addresses = {
  first: `https://localhost:${platform.ports.https}`,
  second: `https://localhost:${httpsPort}`,
};

async function page(origin: string, path = '/'): Promise<{ status: number; body: string }> {
  const { statusCode, body } = await request(`${origin}${path}`, { dispatcher: agent });
  return { status: statusCode, body: await body.text() };
}

/** Runs a command in a part; gives what it printed. */
async function inPart(driver: PlatformDriver, part: string, command: readonly string[], input = '') {
  const stdout = new PassThrough();
  const streams = { stdin: Readable.from([input]), stdout, stderr: stdout, terminal: false };
  const code = await driver.exec({ part, command, isNew: false }, streams);
  stdout.end();
  const said = await text(stdout);
  if (code !== 0) throw new Error(`${command.join(' ')}: exit code ${code}: ${said}`);
  return said;
}

const php = (driver: PlatformDriver, code: string) =>
  inPart(
    driver,
    'wordpress',
    ['sh', '-c', 'cd /run/*/root && exec php'],
    `<?php require 'wp-load.php'; ${code}`,
  );
const uploads = '/var/lib/wordpress/wp-content/uploads';

await first.apply({ scale: 1 });
await inPart(
  first,
  'wordpress',
  [
    'platen-wp',
    'install',
    '--url',
    addresses.first,
    '--title',
    'Ours',
    '--user',
    'editor',
    '--email',
    'e@site.example',
    '--password-file',
    '-',
  ],
  'correct horse battery staple',
);
await php(
  first,
  `wp_insert_post(['post_title' => 'Kept', 'post_status' => 'publish', 'post_content' => '<img src="${addresses.first}/wp-content/uploads/kept.txt">']);
   update_option('some_widget', ['link' => home_url('/a'), 'n' => 1]); global $wpdb;
   $wpdb->query("CREATE VIEW kept_view AS SELECT ID FROM $wpdb->posts");`,
);
await inPart(first, 'wordpress', [
  'sh',
  '-c',
  `echo kept >${uploads}/kept.txt; ln -s kept.txt ${uploads}/link.txt`,
]);

t.test('database and files become one file, while the site answers', async (t) => {
  const { stderr, stdout, exitCode } = await program.run(['backup', 'site.backup', '--env', platform.name], {
    folder,
    environment: platform.environment,
  });
  t.equal(exitCode, 0, stderr);
  t.equal(stdout, `${file}\n`);
  t.match(stderr, /^saved +[\d.]+ s {2}database\nsaved +[\d.]+ s {2}web root\n[\d.]+ [kM]?B, [\d.]+ s\n$/m);
  t.equal(statSync(file).mode & 0o777, 0o600);
  const { driver } = await platform.open();
  await t.rejects(driver.backup(file), { code: 'usage', message: /is there already/ });
  t.equal((await page(addresses.first)).status, 200);
});

t.test('a file that is not whole, or none, changes nothing', async (t) => {
  const cut = join(folder, 'cut.backup');
  writeFileSync(cut, readFileSync(file));
  truncateSync(cut, statSync(cut).size - 2048);
  await t.rejects(first.restore({ file: cut }), { code: 'invalid', message: /is cut short/ });
  await t.rejects(first.restore({ file: join(folder, 'data') }), /can't be read/);
  t.match(await first.restore({ file, approve: () => Promise.resolve(false) }), { restored: false });
  const asked = await program.run(['restore', 'site.backup', '--env', platform.name], {
    folder,
    environment: platform.environment,
  });
  t.equal(asked.exitCode, 2);
  t.match(asked.stderr, `A backup of ${platform.name} (${addresses.first}), made at 20`);
  t.match(asked.stderr, `Nothing was changed\n  Type ${platform.name} when asked, or give --yes.`);
  t.match((await page(addresses.first)).body, /Kept/);
});

t.test('what was changed since is as it was, and what came since is gone', async (t) => {
  await php(
    first,
    `update_option('blogname', 'Spoilt'); wp_insert_post(['post_title' => 'Later', 'post_status' => 'publish']);`,
  );
  await inPart(first, 'wordpress', ['sh', '-c', `rm ${uploads}/kept.txt; echo later >${uploads}/later.txt`]);
  const { deployment } = await first.restore({ file });
  t.match(deployment, { outcome: 'completed', revision: '1' }, 'the release stays');
  t.equal((await first.status()).service?.healthy, 1);
  const { body } = await page(addresses.first);
  t.match(body, /Ours/);
  t.notMatch(body, /Spoilt|Later/);
  t.strictSame(await page(addresses.first, '/wp-content/uploads/kept.txt'), { status: 200, body: 'kept\n' });
  t.equal((await page(addresses.first, '/wp-content/uploads/later.txt')).status, 404);
  t.match(
    await php(
      first,
      'global $wpdb; echo $wpdb->get_var("SELECT COUNT(*) FROM kept_view") > 0 ? "view" : "none";',
    ),
    'view',
  );
});

t.test('into an environment of another name: killed in the middle, it is run again', async (t) => {
  await second.apply({ scale: 1 });
  const argv = ['restore', 'site.backup', '--env', copy, '--yes'];
  const surroundings = { folder, environment: platform.environment };
  const { child, outcome } = program.start(argv, surroundings);
  while (!(await leftovers(copy)).includes(`platen-${copy}-restore`)) await sleep(50);
  child.kill('SIGKILL');
  await outcome;
  await t.rejects(second.apply({}), {
    code: 'failed',
    message: `A restore of ${copy} was interrupted: its data are replaced in part`,
    hint: `Run it again: platen restore ${file} --env ${copy}`,
  });
  const again = await program.run(argv, surroundings);
  t.equal(again.exitCode, 0, again.stderr);
  t.equal(again.stdout, `${addresses.second}/\n`);
  t.match(again.stderr, `addresses: ${addresses.first} → ${addresses.second}`);
  const { body } = await page(addresses.second);
  t.match(body, 'Kept');
  t.match(body, `${addresses.second}/wp-content/uploads/kept.txt`);
  t.notMatch(body, addresses.first);
  t.match(
    await php(second, 'echo json_encode(get_option("some_widget"), JSON_UNESCAPED_SLASHES);'),
    `{"link":"${addresses.second}/a","n":1}`,
  );
  t.equal((await page(addresses.second, '/wp-content/uploads/kept.txt')).body, 'kept\n');
  t.equal((await second.apply({})).deployment, undefined, 'and there is nothing left to do');
});

t.test('an interrupted backup leaves no file, and no container', async (t) => {
  const { child, outcome } = program.start(['backup', 'half', '--env', copy], {
    folder,
    environment: platform.environment,
  });
  while (!/half/.test(readdirSync(folder).join(' '))) await sleep(10);
  child.kill('SIGINT');
  t.match(await outcome, { exitCode: 130, stdout: '', stderr: /platen: Interrupted/ });
  t.notMatch(readdirSync(folder).join(' '), /half/);
  t.notMatch((await leftovers(copy)).join(' '), /exec-/);
});
