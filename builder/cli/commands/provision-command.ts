import { isIPv4 } from 'node:net';
import { Command, InvalidArgumentError } from 'commander';
import { BuilderError } from '../../errors.js';
import { hasChanges, type PlatformPlan } from '../../platform/change.js';
import type { PlatformOutcome, PlatformWish } from '../../platform/driver.js';
import type { RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { askLine } from '../ask-line.js';
import { collectOption } from '../collect-option.js';
import { confirm } from '../confirm.js';
import { exitCodes } from '../exit-codes.js';
import { createStreamReporter, quietReporter } from '../live/stream-reporter.js';
import { formatTime } from '../text/format.js';
import { paletteFor } from '../text/palette.js';
import { formatPlanMarkdown } from '../text/plan-markdown.js';
import { formatPlatformPlan } from '../text/platform-plan-text.js';
import { formatReach } from '../text/reach-text.js';
import { usage } from '../usage.js';
import { askOnInterrupt } from '../ask-on-interrupt.js';
import { deploymentError } from './deployment-error.js';
import { type PlatformFlags, openPlatform, platformOption } from './platform-options.js';

interface ProvisionFlags extends PlatformFlags {
  readonly plan?: true;
  readonly exitCode?: true;
  readonly scale?: number;
  readonly image?: string;
  readonly newSecrets?: true;
  readonly yes?: true;
  readonly from?: string;
  readonly allowReplace?: readonly string[];
  readonly markdown?: true;
}

function syntax(): Command {
  return new Command('provision')
    .description('create the platform, or change what differs from its files')
    .addOption(platformOption())
    .option('--plan', 'show what would be done, and do nothing')
    .option('--exit-code', 'with --plan: exit with 3 if something would change')
    .option('--scale <replicas>', 'run so many replicas', wholeNumber)
    .option('--image <digest>', 'run this release: a digest, an id or a name')
    .option('--new-secrets', 'make new secrets where their files are lost')
    .option('--markdown', 'with --plan: as a comment for a pull request')
    .option('--from <cidr>', 'on AWS: who reaches the site until it is open, as 203.0.113.7/32')
    .option(
      '--allow-replace <resource>',
      'on AWS: let this resource be replaced or deleted, though it holds data; may be given more than once',
      collectOption,
    )
    .option('--yes', 'on AWS: do not ask before anything is changed')
    .option('--json', 'print the result as one JSON object');
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text))
    throw new InvalidArgumentError('It must be a whole number from 1 to 999.');
  return Number(text);
}

async function run(commandLine: CommandLine, flags: ProvisionFlags): Promise<number> {
  const { stdout, environment } = commandLine;
  if (flags.exitCode && !flags.plan) throw usage('--exit-code works only with --plan');
  if (flags.markdown && !flags.plan) throw usage('--markdown works only with --plan');
  const wish: PlatformWish = {
    image: flags.image,
    scale: flags.scale,
    newSecrets: flags.newSecrets,
    operator: flags.from === undefined ? undefined : parseOperator(flags.from),
    allowReplace: flags.allowReplace,
  };
  const paint = paletteFor(flags.plan ? stdout : commandLine.stderr, environment);
  if (flags.plan) {
    const { driver, spec } = await openPlatform(commandLine, flags, quietReporter);
    refuseOnlyAws(flags, spec);
    const plan = await driver.plan(wish);
    if (flags.json) stdout.write(`${JSON.stringify(plan)}\n`);
    else stdout.write(flags.markdown ? formatPlanMarkdown(plan) : formatPlatformPlan(plan, paint));
    return flags.exitCode && hasChanges(plan) ? exitCodes.changes : exitCodes.done;
  }
  const { outcome, platform } = await apply(commandLine, flags, wish);
  return finish(commandLine, {
    flags,
    outcome,
    reach: formatReach(outcome, platform, { paint, environment }),
  });
}

/** Shows the plan, asks where it has to, and does it; the terminal is free again afterwards. */
async function apply(commandLine: CommandLine, flags: ProvisionFlags, wish: PlatformWish) {
  const { stderr, environment } = commandLine;
  const paint = paletteFor(stderr, environment);
  using reporter = createStreamReporter(stderr, environment);
  reporter.report({ kind: 'phase-started', environment: flags.env, phase: 'look' });
  const platform = await openPlatform(commandLine, flags, reporter);
  refuseOnlyAws(flags, platform.spec);
  const isAway = platform.spec.local === undefined;
  using interruption = askOnInterrupt(commandLine, { driver: platform.driver, reporter });
  const approve = (plan: PlatformPlan): Promise<boolean> =>
    reporter.hold(async () => {
      // What a definition means here is worth saying once; --plan says it at any time.
      const isNew = plan.changes.some(({ type, action }) => type === 'service' && action === 'create');
      stderr.write(`${formatPlatformPlan(isNew ? plan : { ...plan, notes: [] }, paint)}\n`);
      if (isAway && flags.yes !== true) await ask(commandLine, flags);
      if (isAway) interruption.begin();
      return true;
    });
  const askOperator = (): Promise<string | undefined> =>
    reporter.hold(async () => {
      const answer = flags.yes === true ? undefined : await askLine(commandLine, operatorQuestion);
      return answer === undefined || answer === '' ? undefined : parseOperator(answer, '');
    });
  return { outcome: await platform.driver.apply({ ...wish, askOperator, approve }), platform };
}

const operatorQuestion =
  'Until it is set up, only you should reach the site. Your address, like 203.0.113.7/32: ';

/** On this machine nothing is asked: what is done costs nothing, and keeps the data. */
export async function ask(commandLine: CommandLine, { env }: PlatformFlags): Promise<void> {
  if (await confirm(commandLine, `Type yes to do this in ${env}: `, 'yes')) return;
  throw new BuilderError('Nothing was changed', {
    code: 'usage',
    hint: 'Type yes when asked, or give --yes.',
  });
}

function refuseOnlyAws({ env, from, allowReplace }: ProvisionFlags, { local }: { local?: unknown }): void {
  const given = from !== undefined ? '--from' : allowReplace !== undefined ? '--allow-replace' : undefined;
  if (local !== undefined && given !== undefined)
    throw usage(`${given} works only with an environment on AWS; ${env} is on this machine`);
}

function parseOperator(text: string, option = '--from '): string {
  const blocks = text.split(',').map((block) => (block.includes('/') ? block : `${block}/32`));
  const isBlock = (block: string): boolean =>
    /^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/.test(block) && isIPv4(block.split('/')[0] ?? '');
  const wrong = blocks.find((block) => !isBlock(block) || Number(block.split('/')[1]) > 32);
  if (wrong !== undefined)
    throw usage(`${option}${wrong} is no block of addresses`, 'Give your address, like 203.0.113.7/32.');
  return blocks.join(',');
}

/** What is said at the end. @throws BuilderError where the release was rolled back */
export function finish(
  { stdout, stderr }: CommandLine,
  { flags, outcome, reach }: { flags: PlatformFlags; outcome: PlatformOutcome; reach: string },
): number {
  const { deployment, address } = outcome;
  if (flags.json) stdout.write(`${JSON.stringify(outcome)}\n`);
  if (deployment !== undefined && deployment.outcome !== 'completed') throw deploymentError(deployment);
  if (!hasChanges(outcome)) stderr.write(`Nothing to do: ${outcome.environment} is up to date.\n`);
  stderr.write(`${reach}${formatTime(outcome.ms)}\n`);
  if (!flags.json && address !== undefined) stdout.write(`${address}\n`);
  return exitCodes.done;
}

/** `platen provision`: prints the address. */
export const provisionCommand: RunnableCommand = { syntax, run };
