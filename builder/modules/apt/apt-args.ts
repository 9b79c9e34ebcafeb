import { z } from 'zod';
import { list, choice, flag, integer, text, moduleArgs } from '../args.js';

export const shape = {
  name: list.default([]),
  state: choice('present', 'installed', 'latest', 'absent', 'removed', 'fixed', 'build-dep').default(
    'present',
  ),
  update_cache: flag.default(false),
  cache_valid_time: integer.optional(),
  install_recommends: flag.optional(),
  default_release: text.optional(),
  purge: flag.default(false),
  autoremove: flag.default(false),
  // Layers hold no package archives, so there is nothing to clean.
  autoclean: flag.default(false),
  clean: flag.default(false),
  upgrade: z
    .preprocess(
      (given) => (given === true ? 'yes' : given === false ? 'no' : given),
      choice('no', 'yes', 'safe', 'full', 'dist'),
    )
    .default('no'),
  only_upgrade: flag.default(false),
  allow_downgrade: flag.default(false),
  allow_unauthenticated: flag.default(false),
  allow_change_held_packages: flag.default(false),
  fail_on_autoremove: flag.default(false),
  dpkg_options: text.default('force-confdef,force-confold'),
  // Settings of how Ansible waits and which program it starts: here it is always apt-get, with retries.
  force_apt_get: flag.optional(),
  lock_timeout: integer.optional(),
  update_cache_retries: integer.optional(),
  update_cache_retry_max_delay: integer.optional(),
  // Always 101 in a build: no service starts.
  policy_rc_d: integer.optional(),
};

export const args = moduleArgs(shape, {
  aliases: {
    package: 'name',
    pkg: 'name',
    'update-cache': 'update_cache',
    'default-release': 'default_release',
    'install-recommends': 'install_recommends',
    'allow-downgrade': 'allow_downgrade',
    allow_downgrades: 'allow_downgrade',
    'allow-downgrades': 'allow_downgrade',
    'allow-unauthenticated': 'allow_unauthenticated',
  },
  refused: {
    deb: 'put the .deb in place with get_url or copy, then `command: apt-get install -y /path/to/package.deb`',
    force: 'say what to allow: allow_downgrade, allow_unauthenticated or allow_change_held_packages',
  },
});

export type AptArgs = z.output<typeof args>;
