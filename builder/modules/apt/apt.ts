import { z } from 'zod';
import type { TaskResult } from '../../plan/step.js';
import { aptEnvironment, aptFailure, aptScript } from './apt-script.js';
import { aptCalls } from './apt-calls.js';
import { output } from '../commands/command-output.js';
import type { Module, ModuleContext } from '../module.js';
import { defineModule, TaskFailure } from '../task-failure.js';
import { args, type AptArgs } from './apt-args.js';

/** Paths that apt may read: a change elsewhere does not make the step run again. */
export const aptReads = [
  '/var/lib/dpkg',
  '/etc/apt',
  '/etc/dpkg',
  '/etc/passwd',
  '/etc/group',
  '/etc/shadow',
  '/etc/gshadow',
  '/usr/sbin/policy-rc.d',
];

/** `apt`: packages, by one run of apt-get in a container, or none if dpkg's status shows that nothing is to do. */
export const apt = defineModule<AptArgs>({ name: 'apt', version: 1, kind: 'exec', args, run: runApt });

async function runApt(args: AptArgs, context: ModuleContext): Promise<TaskResult> {
  if (args.state === 'build-dep' || args.state === 'fixed')
    throw new TaskFailure(`state ${args.state} is not supported: use \`command: apt-get ${args.state}\``);
  const calls = aptCalls(args, context.root);
  // Layers hold no package lists, so that fetching them alone would change nothing.
  const updated = args.update_cache || args.cache_valid_time !== undefined;
  if (calls.length === 0)
    return {
      changed: updated && args.name.length === 0,
      cache_updated: updated,
      cache_update_time: context.epoch,
    };
  const script = aptScript({
    update: updated,
    needsLists: args.state !== 'absent' && args.state !== 'removed' ? true : args.upgrade !== 'no',
    calls,
    dpkgOptions: args.dpkg_options.split(',').filter(Boolean),
  });
  const { exitCode, stdout, stderr } = await context.exec({
    argv: ['/bin/sh', '-c', script],
    environment: { ...context.environment, ...aptEnvironment },
    reads: aptReads,
  });
  const facts = { cache_updated: updated, cache_update_time: context.epoch, ...output(stdout, stderr) };
  if (exitCode !== 0) throw new TaskFailure(aptFailure(exitCode, stdout, stderr), { rc: exitCode, ...facts });
  return { changed: changedSomething(stdout), ...facts };
}

/** apt-get's own count: "0 upgraded, 0 newly installed, 0 to remove and 3 not upgraded." */
function changedSomething(stdout: string): boolean {
  const counts = [
    ...stdout.matchAll(
      /^(\d+) upgraded, (\d+) newly installed, (?:(\d+) downgraded, )?(?:(\d+) reinstalled, )?(\d+) to remove/gm,
    ),
  ];
  return counts.some((found) => found.slice(1).some((count) => Number(count ?? 0) > 0));
}

/** `package`: the same as apt in the images that platen builds. */
export const packageModule: Module<AptArgs> = defineModule<AptArgs>({
  ...apt,
  name: 'package',
  args: z.preprocess((given) => {
    const { use: _apt, ...rest } = given as Record<string, unknown>;
    return rest;
  }, args) as unknown as z.ZodType<AptArgs>,
});
