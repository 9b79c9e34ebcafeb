import { basename } from 'node:path';
import type { z } from 'zod';
import type { TaskResult } from '../../plan/step.js';
import type { Json } from '../../json.js';
import { identityOfUser } from '../root/accounts.js';
import { flag, moduleArgs, path, text } from '../args.js';
import { withoutKeyValues } from './command-args.js';
import { output } from './command-output.js';
import { matchesAny } from '../root/glob.js';
import type { HostFile, ModuleContext } from '../module.js';
import { shellQuote, shellWords } from '../root/shell-words.js';
import { defineModule, TaskFailure } from '../task-failure.js';

const args = withoutKeyValues(
  moduleArgs({
    _raw_params: text.optional(),
    cmd: text.optional(),
    chdir: path.optional(),
    creates: path.optional(),
    removes: path.optional(),
    executable: text.optional(),
    decrypt: flag.optional(),
  }),
);

type ScriptArgs = z.output<typeof args>;

interface ResolvedScript extends Record<string, unknown> {
  readonly args: ScriptArgs;
  readonly script: HostFile;
  readonly words: readonly string[];
}

/** `script`: runs a program of this machine in the image (ansible's script action). */
export const script = defineModule<ScriptArgs, ResolvedScript>({
  name: 'script',
  version: 1,
  kind: 'exec',
  args,
  freeForm: '_raw_params',
  resolve(args, context) {
    const [name = '', ...words] = shellWords(args._raw_params ?? args.cmd ?? '');
    return { args, script: context.file(context.find('files', name), args.decrypt === false), words };
  },
  keyOf: ({ args, script, words }): Json => ({
    ...(args as Record<string, Json>),
    words: [...words],
    script: script.digest,
  }),
  run: runScript,
});

async function runScript(
  { args, script, words }: ResolvedScript,
  context: ModuleContext,
): Promise<TaskResult> {
  const { root, user, environment } = context;
  const { creates, removes, chdir, executable } = args;
  if (creates !== undefined && matchesAny(root, creates))
    return { changed: false, skipped: true, msg: `${creates} exists, matching creates option` };
  if (removes !== undefined && !matchesAny(root, removes))
    return { changed: false, skipped: true, msg: `${removes} does not exist, matching removes option` };
  const place = `/tmp/.ansible-script-${basename(script.path)}`;
  const content = context.readHost(script);
  root.put(place, { type: 'file', mode: 0o700, ...identityOfUser(root, user), content });
  const line = `${executable === undefined ? '' : `${executable} `}${[place, ...words].map(shellQuote).join(' ')}`;
  const argv = ['/bin/sh', '-c', line];
  const cwd = chdir === undefined ? {} : { cwd: chdir };
  const { exitCode, stdout, stderr } = await context.exec({
    argv,
    user,
    environment,
    ...cwd,
    reads: 'everything',
  });
  root.remove(place);
  const facts = { rc: exitCode, ...output(stdout, stderr) };
  if (exitCode !== 0) throw new TaskFailure('non-zero return code', { changed: true, ...facts });
  return { changed: true, ...facts };
}
