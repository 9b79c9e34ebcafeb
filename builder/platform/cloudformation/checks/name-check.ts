import type { ResolvedResource } from '../../template/resolve-template.js';
import { resolveStack } from '../../template/render-template.js';
import type { PlatformStack } from '../../graph/platform.js';
import { servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { repositoryOf } from '../inputs/image-input.js';
import type { AwsCheck, Problem } from './aws-check.js';

interface Named {
  readonly property: string;
  readonly what: string;
  readonly hint: string;
  isThere(name: string, stack: PlatformStack): Promise<boolean>;
}

/** Types whose names the templates say, and that only one of the account and region can have. */
function namedTypes(context: AwsContext, host: string | undefined): Readonly<Record<string, Named>> {
  const rename = 'Remove or rename it, or give the environment another name.';
  return {
    'AWS::RDS::DBInstance': {
      property: 'DBInstanceIdentifier',
      what: 'A database',
      hint: rename,
      isThere: async (name, stack) =>
        (await servicesOf(context, stack).rds.instance(name, context)) !== undefined,
    },
    'AWS::Logs::LogGroup': {
      property: 'LogGroupName',
      what: 'A log group',
      hint: 'Delete it, or give the environment another name: its lines are then lost.',
      isThere: (name, stack) => servicesOf(context, stack).logs.hasGroup(name, context),
    },
    'AWS::Backup::BackupVault': {
      property: 'BackupVaultName',
      what: 'A vault of backups',
      hint: `An environment of that name was destroyed and its backups are kept. "platen destroy --env ${context.name} --with-data" deletes them; or give the environment another name.`,
      isThere: (name, stack) => servicesOf(context, stack).backup.hasVault(name, context),
    },
    'AWS::ECR::Repository': {
      property: 'RepositoryName',
      what: 'A repository',
      hint: 'Name it under registry in the environment, and set switches.registry: false, so that it is used as it is.',
      isThere: async (name) =>
        host !== undefined && (await context.registry(host)?.findRepository(name, context)) !== undefined,
    },
  };
}

/** No name is taken by something that is in no stack of the platform. */
export const nameCheck: AwsCheck = {
  name: 'names',
  async look({ context, view }) {
    const repository = await repositoryOf({ context, there: view.there, isKnown: true });
    const types = namedTypes(context, repository?.split('/')[0]);
    const wanted = view.stacks
      .filter(({ name }) => !view.there.has(name))
      .flatMap((stack) =>
        Object.values(resolveStack(stack).resources).flatMap((resource) => nameOf(resource, types, stack)),
      );
    const taken = await Promise.all(
      wanted.map(async ({ named, name, stack }): Promise<Problem[]> => {
        if (!(await named.isThere(name, stack))) return [];
        const message = `${named.what} called ${name} is there, and no stack of ${context.name} has it: ${stack.stackName} can't make it`;
        return [{ message, hint: named.hint }];
      }),
    );
    return { detail: `${wanted.length} looked for`, problems: taken.flat() };
  },
};

function nameOf(
  { Type, Properties }: ResolvedResource,
  types: Readonly<Record<string, Named>>,
  stack: PlatformStack,
): { named: Named; name: string; stack: PlatformStack }[] {
  const named = types[Type];
  const name = named && Properties[named.property];
  return named !== undefined && typeof name === 'string' ? [{ named, name, stack }] : [];
}
