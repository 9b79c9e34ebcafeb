import { z } from 'zod';
import { moduleArgs, text, choice, integer, flag, list, path } from '../args.js';

export const noKey =
  'a key made in a build would be in every container: mount one, or make one when the container starts';

export const otherSystem = 'it is for other systems than Linux';

export const args = moduleArgs(
  {
    name: text,
    state: choice('present', 'absent').default('present'),
    uid: integer.optional(),
    non_unique: flag.default(false),
    group: text.optional(),
    groups: list.transform((names) => names.filter((name) => name !== '')).optional(),
    append: flag.default(false),
    comment: text.optional(),
    home: path.optional(),
    create_home: flag.default(true),
    move_home: flag.default(false),
    skeleton: path.optional(),
    umask: text.optional(),
    shell: text.optional(),
    password: text.optional(),
    password_lock: flag.optional(),
    update_password: choice('always', 'on_create').default('always'),
    password_expire_max: integer.optional(),
    password_expire_min: integer.optional(),
    expires: z.coerce.number().optional(),
    system: flag.default(false),
    remove: flag.default(false),
    force: flag.default(false),
    // All users of an image are local.
    local: flag.optional(),
    generate_ssh_key: flag.refine((value) => !value, { message: `is not supported: ${noKey}` }).optional(),
    // Meaningless without generate_ssh_key.
    ssh_key_bits: integer.optional(),
    ssh_key_type: text.optional(),
    ssh_key_file: text.optional(),
    ssh_key_comment: text.optional(),
    ssh_key_passphrase: text.optional(),
  },
  {
    aliases: { user: 'name', createhome: 'create_home' },
    refused: {
      hidden: otherSystem,
      login_class: otherSystem,
      profile: otherSystem,
      authorization: otherSystem,
      role: otherSystem,
    },
  },
);

export type UserArgs = z.output<typeof args>;
