import type { z } from 'zod';
import { choice, flag, integer, moduleArgs, text } from './args.js';
import { defineModule } from './task-failure.js';
import type { Module } from './module.js';

const args = moduleArgs(
  {
    name: text.optional(),
    state: choice('started', 'stopped', 'restarted', 'reloaded', 'running').optional(),
    enabled: flag.optional(),
    masked: flag.optional(),
    daemon_reload: flag.optional(),
    daemon_reexec: flag.optional(),
    no_block: flag.optional(),
    force: flag.optional(),
    scope: choice('system').optional(),
    sleep: integer.optional(),
    pattern: text.optional(),
    runlevel: text.optional(),
    arguments: text.optional(),
    use: text.optional(),
  },
  {
    aliases: {
      service: 'name',
      unit: 'name',
      'daemon-reload': 'daemon_reload',
      'daemon-reexec': 'daemon_reexec',
      args: 'arguments',
    },
  },
);

type ServiceArgs = z.output<typeof args>;

/**
 * `service`: accepted, but does nothing. An image has no systemd, and a build starts, stops, enables or masks no service;
 * the image's supervisor (s6) decides what runs. The result is never `changed`.
 */
export const service = defineModule<ServiceArgs>({
  name: 'service',
  version: 1,
  kind: 'control',
  args,
  run: ({ name, state, enabled }) => ({
    changed: false,
    ...(name !== undefined && { name }),
    ...(state !== undefined && { state: state === 'running' ? 'started' : state }),
    ...(enabled !== undefined && { enabled }),
    status: {},
    msg: 'declared: services do not run in an image build',
  }),
});

/** `systemd` and the like: as `service`. */
export const systemd: Module<ServiceArgs> = { ...service, name: 'systemd' };
