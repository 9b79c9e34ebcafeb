import { spawn } from 'node:child_process';
import { platform } from 'node:os';
import { Command } from 'commander';
import { BuilderError } from '../../errors.js';
import type { RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { exitCodes } from '../exit-codes.js';
import { quietReporter } from '../live/stream-reporter.js';
import { paletteFor } from '../text/palette.js';
import { formatReach } from '../text/reach-text.js';
import { type PlatformFlags, openPlatform, platformOption } from './platform-options.js';

const openers: Readonly<Record<string, string>> = { darwin: 'open', linux: 'xdg-open' };

function syntax(): Command {
  return new Command('open')
    .description("print the site's address and open it in a browser")
    .addOption(platformOption());
}

async function run(commandLine: CommandLine, flags: PlatformFlags): Promise<number> {
  const { stdout, stderr, environment } = commandLine;
  const opened = await openPlatform(commandLine, flags, quietReporter);
  const { address } = await opened.driver.status();
  if (address === undefined)
    throw new BuilderError(`${flags.env} has no healthy task`, {
      code: 'failed',
      hint: 'platen status says how it stands; npm run provision brings it up.',
    });
  stdout.write(`${address}\n`);
  stderr.write(formatReach({ address }, opened, { paint: paletteFor(stderr, environment), environment }));
  await openBrowser(address, environment);
  return exitCodes.done;
}

/** Where there is no desktop, the address that was printed must do. */
function openBrowser(address: string, environment: CommandLine['environment']): Promise<void> {
  const opener = openers[platform()];
  const hasDesktop =
    platform() === 'darwin' ||
    environment['DISPLAY'] !== undefined ||
    environment['WAYLAND_DISPLAY'] !== undefined;
  if (opener === undefined || !hasDesktop) return Promise.resolve();
  return new Promise((resolve) => {
    const child = spawn(opener, [address], { detached: true, stdio: 'ignore' });
    child.once('error', () => resolve());
    child.once('spawn', () => resolve());
    child.unref();
  });
}

/** `platen open` */
export const openCommand: RunnableCommand = { syntax, run };
