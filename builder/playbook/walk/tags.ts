/** The tags that `--tags` and `--skip-tags` select (playbook/taggable.py). */
export interface TagSelection {
  /** Empty means all. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
}

/** Whether a task with these tags is selected. */
export function isSelected(tags: readonly string[], { only, skip }: TagSelection): boolean {
  const wanted = only.length === 0 ? ['all'] : only;
  return isWanted(new Set(tags), wanted) && !isSkipped(new Set(tags), skip);
}

function isWanted(tags: ReadonlySet<string>, only: readonly string[]): boolean {
  if (tags.has('always')) return true;
  if (only.includes('all') && !tags.has('never')) return true;
  if (only.some((tag) => tags.has(tag))) return true;
  if (only.includes('untagged') && tags.size === 0) return true;
  return only.includes('tagged') && tags.size > 0 && !tags.has('never');
}

function isSkipped(tags: ReadonlySet<string>, skip: readonly string[]): boolean {
  if (skip.includes('all')) return !tags.has('always') || skip.includes('always');
  if (skip.some((tag) => tags.has(tag))) return true;
  if (skip.includes('untagged') && tags.size === 0) return true;
  return skip.includes('tagged') && tags.size > 0;
}
