/** How a repository is made where there is none. */
export interface RepositorySettings {
  /** No tag may be moved to another image, but those that match (`*` stands for anything). */
  readonly immutableTags: boolean | { readonly except: readonly string[] };
  readonly scanOnPush: boolean;
  /** AES-256 with ECR's keys, or a key of KMS: its ARN or alias, `aws/ecr` where none is named. */
  readonly encryption:
    { readonly kind: 'AES256' } | { readonly kind: 'KMS'; readonly key?: string | undefined };
  /** So many images without a tag are kept; older ones go. Undefined keeps all. */
  readonly keepUntagged?: number | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** What `--create-repository` makes: tags that stay, except `latest`, and a scan of each image. */
export const defaultRepositorySettings: RepositorySettings = {
  immutableTags: { except: ['latest'] },
  scanOnPush: true,
  encryption: { kind: 'AES256' },
  // By count and not by age: what a service still runs by its digest should not go because time passes.
  keepUntagged: 100,
  tags: { 'managed-by': 'platen' },
};

/** The life-cycle policy as ECR wants it (Amazon ECR User Guide, "Lifecycle policy parameters"). */
export function lifecyclePolicy(keepUntagged: number): string {
  return JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        description: `Keep the newest ${keepUntagged} images without a tag`,
        selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: keepUntagged },
        action: { type: 'expire' },
      },
    ],
  });
}

/** The settings as `CreateRepository` takes them. */
export function creationInput({ immutableTags, scanOnPush, encryption, tags }: RepositorySettings) {
  const except = typeof immutableTags === 'object' ? immutableTags.except : [];
  const exclusions = except.map((filter) => ({ filterType: 'WILDCARD' as const, filter }));
  return {
    ...(immutableTags === false
      ? { imageTagMutability: 'MUTABLE' as const }
      : exclusions.length === 0
        ? { imageTagMutability: 'IMMUTABLE' as const }
        : {
            imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION' as const,
            imageTagMutabilityExclusionFilters: exclusions,
          }),
    imageScanningConfiguration: { scanOnPush },
    encryptionConfiguration: {
      encryptionType: encryption.kind,
      ...(encryption.kind === 'KMS' && encryption.key !== undefined ? { kmsKey: encryption.key } : {}),
    },
    tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

/** Whether a repository's tag, once set, stays: all, none, or all but (or only) those that match a filter. */
export function isImmutable(
  {
    imageTagMutability,
    imageTagMutabilityExclusionFilters = [],
  }: {
    readonly imageTagMutability?: string | undefined;
    readonly imageTagMutabilityExclusionFilters?:
      readonly { readonly filter?: string | undefined }[] | undefined;
  },
  tag: string,
): boolean {
  const excluded = imageTagMutabilityExclusionFilters.some(({ filter = '' }) => matches(filter, tag));
  const immutable = imageTagMutability?.startsWith('IMMUTABLE') ?? false;
  return immutable !== (excluded && imageTagMutability?.endsWith('_WITH_EXCLUSION') === true);
}

function matches(filter: string, tag: string): boolean {
  const pattern = filter
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`).test(tag);
}
