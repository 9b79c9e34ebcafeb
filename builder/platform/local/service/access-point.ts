import { z } from 'zod';
import { BuilderError } from '../../../errors.js';
import type { ResolvedTemplate } from '../../template/resolve-template.js';

const schema = z.looseObject({
  PosixUser: z.looseObject({ Uid: z.coerce.number(), Gid: z.coerce.number() }),
  RootDirectory: z.looseObject({
    CreationInfo: z.looseObject({
      OwnerUid: z.coerce.number(),
      OwnerGid: z.coerce.number(),
      Permissions: z.string().regex(/^[0-7]{3,4}$/),
    }),
  }),
});

/** An access point of EFS: whose its folder is when it is made, and who comes through it. */
export interface AccessPoint {
  readonly owner: { readonly uid: number; readonly gid: number };
  /** As in chmod(1): 0755. */
  readonly mode: string;
  readonly user: { readonly uid: number; readonly gid: number };
}

/** The one access point of a stack. @throws BuilderError where there is none that says owner and mode */
export function accessPoint({ resources }: Pick<ResolvedTemplate, 'resources'>): AccessPoint {
  const found = Object.values(resources).find(({ Type }) => Type === 'AWS::EFS::AccessPoint');
  const parsed = schema.safeParse(found?.Properties);
  if (!parsed.success)
    throw new BuilderError(
      'infra-cfn/stacks/files.yaml has no AWS::EFS::AccessPoint with PosixUser and CreationInfo',
      { code: 'invalid', cause: parsed.error },
    );
  const { PosixUser, RootDirectory } = parsed.data;
  const { OwnerUid, OwnerGid, Permissions } = RootDirectory.CreationInfo;
  return {
    owner: { uid: OwnerUid, gid: OwnerGid },
    mode: Permissions,
    user: { uid: PosixUser.Uid, gid: PosixUser.Gid },
  };
}
