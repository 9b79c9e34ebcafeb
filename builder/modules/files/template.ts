import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { choice, flag, modeOrPreserve, moduleArgs, octal, path, text } from '../args.js';
import { attributeArgs } from '../root/attributes.js';
import { placeFile } from '../root/place-file.js';
import { defineModule } from '../task-failure.js';

const header = 'write it in the first line of the template: `#jinja2: lstrip_blocks: True`';

const args = moduleArgs(
  {
    ...attributeArgs,
    mode: modeOrPreserve.optional(),
    src: text,
    dest: path,
    // Normalisation would drop backup files, so none are made.
    backup: flag.default(false),
    force: flag.default(true),
    follow: flag.default(false),
    validate: text.optional(),
    newline_sequence: z
      .preprocess(
        (given) => ({ '\\n': '\n', '\\r': '\r', '\\r\\n': '\r\n' })[String(given)] ?? given,
        choice('\n', '\r', '\r\n'),
      )
      .default('\n'),
    output_encoding: choice('utf-8', 'UTF-8', 'utf8').optional(),
  },
  {
    refused: {
      state: "'state' cannot be specified on a template",
      trim_blocks: header,
      lstrip_blocks: header,
      block_start_string: header,
      block_end_string: header,
      variable_start_string: header,
      variable_end_string: header,
      comment_start_string: header,
      comment_end_string: header,
    },
  },
);

export type TemplateArgs = z.output<typeof args>;

interface ResolvedTemplate extends Record<string, unknown> {
  readonly args: TemplateArgs;
  readonly basename: string;
  readonly content: string;
  readonly mode: string | undefined;
}

/** `template`: renders a file (Handlebars for `.hbs`, else Jinja) and copies it as `copy` does. */
export const template = defineModule<TemplateArgs, ResolvedTemplate>({
  name: 'template',
  version: 1,
  kind: 'file',
  args,
  resolve(args, context) {
    const found = context.find('templates', args.src);
    const rendered = context.render(found);
    const content =
      args.newline_sequence === '\n' ? rendered : rendered.replace(/\r?\n/g, args.newline_sequence);
    const mode = args.mode === 'preserve' ? octal(statSync(found).mode & 0o7777) : args.mode;
    return { args, basename: basename(found), content, mode };
  },
  async run({ args, basename, content, mode }, context) {
    const { dest, owner, group, force, follow, validate } = args;
    const attributes = { owner, group, mode };
    const bytes = Buffer.from(content);
    const result = await placeFile({ dest, basename, bytes, attributes, force, follow, validate }, context);
    return { ...result, src: args.src };
  },
});
