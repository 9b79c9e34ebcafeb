import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core';
import t from 'tap';
import { request } from 'undici';
import { connectDocker } from '../../engine/docker/docker-client.js';
import { localTestPlatform } from '../../testing/local-platform.js';
import { picture as drawing } from '../../testing/picture.js';
import { zipArchive } from '../../testing/zip-archive.js';

t.setTimeout(1_500_000);

/** Kept as artefacts of the run. */
const shots = 'dist/screenshots';
mkdirSync(shots, { recursive: true });

const folder = t.testdir();
const platform = await localTestPlatform(folder);
t.teardown(() => platform.remove());
const { driver } = await platform.open();
const { address = '' } = await driver.apply({});

const password = 'correct horse battery staple';
/**
 * Chromium in the load balancer's network, where the site has the same address. In this machine's own it gives up what it loads
 * (ERR_NETWORK_CHANGED) whenever another test makes or removes a network.
 */
async function chromiumBesideLoadBalancer(): Promise<string> {
  const docker = await connectDocker({ host: process.env.DOCKER_HOST });
  const { State } = await docker.getContainer(`platen-${platform.name}-loadbalancer`).inspect();
  const program = join(folder, 'chromium');
  const line = `exec nsenter --target ${State.Pid} --net -- /usr/bin/chromium "$@"`;
  writeFileSync(program, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return program;
}

const browser: Browser = await chromium.launch({
  executablePath: await chromiumBesideLoadBalancer(),
  args: [
    `--host-resolver-rules=MAP ${new URL(address).host} 127.0.0.1:8443`,
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
t.teardown(() => browser.close());
// The authority is this environment's own: a user clicks the warning away, or trusts it.
const context: BrowserContext = await browser.newContext({
  ignoreHTTPSErrors: true,
  viewport: { width: 1200, height: 750 },
});
context.setDefaultTimeout(30_000);
const page: Page = await context.newPage();
const shot = (name: string): Promise<unknown> => page.screenshot({ path: join(shots, `${name}.png`) });

t.test('the installer leads from the address to a first login', async (t) => {
  await page.goto(address);
  t.match(page.url(), /\/wp-admin\/install\.php/);
  const next = page.locator('#language-continue');
  if (await next.isVisible()) await next.click();
  // When WordPress has a password to offer it moves the cursor to it, also out of a field in which somebody types. The page of the
  // login does the same with the name, a fifth of a second after it has come.
  await page.waitForFunction(`document.querySelector('#pass1').value !== ''`);
  await page.fill('#weblog_title', 'A Site of Ours');
  await page.fill('#user_login', 'editor');
  await page.fill('#pass1', password);
  await page.fill('#admin_email', 'editor@site.example');
  t.equal(await page.inputValue('#weblog_title'), 'A Site of Ours');
  await shot('installer');
  await page.click('#submit');
  // The installer's own page speaks of logging in, too, and has a field of that name.
  await page.getByRole('link', { name: 'Log In' }).click();
  await page.waitForURL(/wp-login\.php/);
  await page.waitForFunction(`document.activeElement.id === 'user_login'`);
  await page.fill('#user_login', 'editor');
  await page.fill('#user_pass', password);
  await page.click('#wp-submit');
  await page.waitForURL(/\/wp-admin\/?$/);
  await shot('dashboard');
  t.match(await page.textContent('#wpadminbar'), 'A Site of Ours');
});

t.test('a post with a picture, permalinks, a plugin and a theme', async (t) => {
  await page.goto(new URL('/wp-admin/options-permalink.php', address).href);
  await page.check('input[name=selection][value="/%postname%/"]');
  await page.click('#submit');
  await page.waitForSelector('text=Permalink structure updated.');

  const file = join(t.testdir(), 'red.png');
  writeFileSync(file, drawing(800, 400));
  await page.goto(new URL('/wp-admin/media-new.php?browser-uploader', address).href);
  await page.setInputFiles('#async-upload', file);
  await page.click('#html-upload');
  await page.waitForURL(/upload\.php/);
  const source = await page.evaluate<string>(`(async () => {
    const nonce = await (await fetch('/wp-admin/admin-ajax.php?action=rest-nonce')).text();
    const headers = { 'X-WP-Nonce': nonce, 'Content-Type': 'application/json' };
    const [media] = await (await fetch('/wp-json/wp/v2/media', { headers })).json();
    const content = '<!-- wp:image --><figure class="wp-block-image"><img src="' + media.source_url + '" alt="red"/></figure><!-- /wp:image -->';
    const body = JSON.stringify({ title: 'Hello from Chromium', content, status: 'publish' });
    const post = await fetch('/wp-json/wp/v2/posts', { method: 'POST', headers, body });
    return post.status === 201 ? media.source_url : 'status ' + post.status;
  })()`);
  t.match(source, /\/wp-content\/uploads\/.*red.*\.png$/);

  const plugin = zipArchive({ 'acme/acme.php': '<?php\n/* Plugin Name: Acme Tools */\n' });
  await installZip(t.testdir(), 'plugin', { zip: plugin, name: 'acme.zip' });
  const style = '/*\nTheme Name: Acme Theme\nTemplate: twentytwentyfive\n*/\n';
  await installZip(t.testdir(), 'theme', {
    zip: zipArchive({ 'acme-theme/style.css': style }),
    name: 'acme-theme.zip',
  });
  await page.goto(new URL('/wp-admin/plugins.php', address).href);
  t.match(await page.textContent('#the-list'), 'Acme Tools');
});

t.test('database, cache and volume are what a replica expects', async (t) => {
  const stdout = new PassThrough();
  const streams = { stdin: Readable.from([]), stdout, stderr: stdout, terminal: false };
  const code = await driver.exec(
    { part: 'wordpress', command: ['platen-wp', 'doctor'], isNew: false },
    streams,
  );
  stdout.end();
  const said = await text(stdout);
  t.equal(code, 0, said);
  t.match(said, /^ok +object cache/m);
  t.match(said, /^ok +database: .*TLS/m);
});

t.test('strangers see it by HTTPS, and each replica shows the same', async (t) => {
  const stranger = await browser.newPage({ ignoreHTTPSErrors: true, viewport: { width: 1200, height: 750 } });
  await stranger.goto(new URL('/hello-from-chromium/', address).href);
  t.match(await stranger.textContent('h1'), 'Hello from Chromium');
  t.ok(
    await stranger.evaluate<boolean>(`document.querySelector('figure img').naturalWidth > 0`),
    'with its picture',
  );
  await stranger.screenshot({ path: join(shots, 'post.png') });
  await stranger.goto(address);
  await stranger.screenshot({ path: join(shots, 'front.png') });

  const { service } = await driver.status();
  const pages = await Promise.all(
    (service?.tasks ?? []).map(async ({ address: own }) => {
      const headers = { host: new URL(address).host, 'x-forwarded-proto': 'https' };
      const { statusCode, body } = await request(`http://${own}:8080/hello-from-chromium/`, { headers });
      return { statusCode, hasPost: (await body.text()).includes('Hello from Chromium') };
    }),
  );
  t.equal(pages.length, 2);
  t.strictSame(pages, Array(2).fill({ statusCode: 200, hasPost: true }));
});

async function installZip(
  folder: string,
  kind: 'plugin' | 'theme',
  { zip, name }: { zip: Buffer; name: string },
): Promise<void> {
  const file = join(folder, name);
  writeFileSync(file, zip);
  const place =
    kind === 'plugin' ? 'plugin-install.php?tab=upload' : 'theme-install.php?browse=popular&upload';
  await page.goto(new URL(`/wp-admin/${place}`, address).href);
  if (kind === 'theme' && !(await page.locator('input[name=themezip]').isVisible()))
    await page.click('.upload-view-toggle');
  await page.setInputFiles(`input[name=${kind}zip]`, file);
  await page.click(`#install-${kind}-submit`);
  await page.waitForSelector('text=installed successfully');
  await shot(`${kind}-installed`);
}
