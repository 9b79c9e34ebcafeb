import { Command } from 'commander';
import { fetch } from 'undici';
import { z } from 'zod';
import { BuilderError } from '../../errors.js';
import type { RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { exitCodes } from '../exit-codes.js';
import { quietReporter } from '../live/stream-reporter.js';
import { formatTable, oneLine } from '../text/format.js';
import { type PlatformFlags, openPlatform, platformOption } from './platform-options.js';

const listSchema = z.array(
  z.looseObject({
    id: z.coerce.string(),
    received: z.string(),
    to: z.array(z.string()),
    subject: z.string(),
  }),
);
const mailSchema = z.looseObject({ subject: z.string(), text: z.string().nullish() });

function syntax(): Command {
  return new Command('mail')
    .description('show the mails that the site sent, the newest first; or one of them')
    .argument('[ID]', 'which one')
    .addOption(platformOption())
    .option('--json', 'print it as JSON');
}

async function run(commandLine: CommandLine, id: string | undefined, flags: PlatformFlags): Promise<number> {
  const { stdout } = commandLine;
  const { spec } = await openPlatform(commandLine, flags, quietReporter);
  if (spec.local === undefined)
    throw new BuilderError(`${flags.env} sends real mail: none is kept to be read`, { code: 'usage' });
  const { address, mailPort } = spec.local;
  const place = `http://${address === '0.0.0.0' ? '127.0.0.1' : address}:${mailPort}/api/messages`;
  const answer = await ask(id === undefined ? place : `${place}/${encodeURIComponent(id)}`, flags);
  if (flags.json) stdout.write(`${JSON.stringify(answer)}\n`);
  else stdout.write(id === undefined ? formatList(answer) : formatMail(answer));
  return exitCodes.done;
}

async function ask(place: string, { env }: PlatformFlags): Promise<unknown> {
  const answer = await fetch(place).catch((cause: unknown) => {
    throw new BuilderError(`The mails of ${env} can't be reached at ${place}`, {
      code: 'unavailable',
      hint: 'npm run provision brings the platform up; platen status says how it stands.',
      cause,
    });
  });
  if (answer.status === 404) throw new BuilderError('There is no such mail', { code: 'not-found' });
  return answer.json();
}

function formatList(answer: unknown): string {
  const mails = listSchema.parse(answer);
  if (mails.length === 0) return 'No mail has come yet.\n';
  const rows = mails.map(({ id, received, to, subject }) =>
    [id, received, to.join(', '), subject].map(oneLine),
  );
  return `${formatTable(rows, 'llll').join('\n')}\n`;
}

function formatMail(answer: unknown): string {
  const { subject, text } = mailSchema.parse(answer);
  const lines = (text ?? '').split('\n').map(oneLine);
  return `${oneLine(subject)}\n\n${lines.join('\n')}\n`;
}

/** `platen mail` */
export const mailCommand: RunnableCommand = { syntax, run };
