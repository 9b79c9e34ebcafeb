import { setTimeout as sleep } from 'node:timers/promises';
import { Browser, type Page } from './browser.js';
import type { ContainerNetwork, TestContainer } from './containers.js';
import type { TaskContainer } from './wordpress-task.js';

/** Images, and a folder with a file `password` that all of them read. */
export interface PlatformImages {
  readonly database: string;
  readonly cache?: string;
  readonly wordpress: string;
  readonly secrets: string;
}

export interface Replica {
  readonly web: TestContainer;
  readonly browser: Browser;
}

const account = { user: 'admin', password: 'correct horse battery staple' };

/** A database, a cache and any number of replicas of one site, which installs itself at https://site.example. */
export class WordpressReplicas {
  readonly #network: ContainerNetwork;
  readonly #images: PlatformImages;
  readonly #volume: string;
  readonly database: TestContainer;
  readonly cache: TestContainer | undefined;

  private constructor(
    network: ContainerNetwork,
    images: PlatformImages,
    services: { database: TestContainer; cache: TestContainer | undefined },
  ) {
    this.#network = network;
    this.#images = images;
    this.#volume = network.volume();
    this.database = services.database;
    this.cache = services.cache;
  }

  static async start(network: ContainerNetwork, images: PlatformImages): Promise<WordpressReplicas> {
    const binds = [`${images.secrets}:/run/secrets:ro`];
    const database = await network.start({
      image: images.database,
      alias: 'db',
      binds,
      environment: {
        MARIADB_DATABASE: 'site',
        MARIADB_USER: 'editor',
        MARIADB_PASSWORD_FILE: '/run/secrets/password',
      },
    });
    const cache =
      images.cache === undefined
        ? undefined
        : await network.start({
            image: images.cache,
            alias: 'cache',
            binds,
            environment: { VALKEY_PASSWORD_FILE: '/run/secrets/password' },
          });
    await database.until('mariadb-health');
    await cache?.until('valkey-health');
    return new WordpressReplicas(network, images, { database, cache });
  }

  /** Adds a replica on the shared volume, ready and installed. */
  async add(
    alias: string,
    environment: Readonly<Record<string, string>> = {},
    task?: TaskContainer,
  ): Promise<Replica> {
    const site = {
      WORDPRESS_URL: 'http://site.example',
      WORDPRESS_TITLE: 'First Title',
      WORDPRESS_ADMIN_USER: account.user,
      WORDPRESS_ADMIN_PASSWORD: account.password,
      WORDPRESS_ADMIN_EMAIL: 'admin@example.org',
    };
    const web = await this.create(alias, { ...site, ...environment }, task);
    await web.until('platen-health');
    const browser = new Browser(await web.origin());
    for (const end = Date.now() + 180_000; (await browser.get('/wp-login.php')).status !== 200;) {
      if (Date.now() > end) throw new Error(JSON.stringify(await web.logs()));
      await sleep(200);
    }
    return { web, browser };
  }

  /** Creates a replica with settings for database and cache only, with or without the limits of an ECS task. */
  create(
    alias: string,
    environment: Readonly<Record<string, string>> = {},
    task?: TaskContainer,
  ): Promise<TestContainer> {
    return this.#network.start({
      ...(task === undefined ? {} : { task }),
      image: this.#images.wordpress,
      alias,
      port: 8080,
      binds: [`${this.#images.secrets}:/run/secrets:ro`, `${this.#volume}:/var/lib/wordpress`],
      environment: {
        WORDPRESS_DB_HOST: 'db',
        WORDPRESS_DB_NAME: 'site',
        WORDPRESS_DB_USER: 'editor',
        WORDPRESS_DB_PASSWORD_FILE: '/run/secrets/password',
        ...(this.cache === undefined
          ? {}
          : { WORDPRESS_CACHE_HOST: 'cache', WORDPRESS_CACHE_PASSWORD_FILE: '/run/secrets/password' }),
        ...environment,
      },
    });
  }
}

/** Logs in as the first user; returns the form's answer. */
export async function logIn(browser: Browser): Promise<Page> {
  await browser.get('/wp-login.php');
  return browser.post('/wp-login.php', { log: account.user, pwd: account.password, testcookie: '1' });
}

/** Logs in; returns the nonce that WordPress's REST API requires for changes. */
export async function restNonce(browser: Browser): Promise<string> {
  await logIn(browser);
  return (await browser.get('/wp-admin/admin-ajax.php?action=rest-nonce')).text;
}
