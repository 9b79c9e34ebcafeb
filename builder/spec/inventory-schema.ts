import { z } from 'zod';

const name = z.string().min(1);

/** The inventory and host whose variables the image gets, with `group_vars/` and `host_vars/`. */
export const inventorySchema = z
  .strictObject({
    path: z
      .string()
      .regex(/^(?!.*(^|\/)\.\.(\/|$))[^/]/, {
        error: 'must be a path below the project, like inventories/production',
      })
      .optional()
      .describe(
        "A file (INI or YAML) or a folder of an Ansible inventory, as a path below the project's folder.",
      ),
    host: name.optional().describe('The host that the image is; its name where nothing is said.'),
    groups: z.array(name).default([]).describe('Groups that it is in, beside those that the inventory says.'),
  })
  .default({ groups: [] })
  .describe('Whose variables of `group_vars/`, `host_vars/` and an inventory the image gets.');
