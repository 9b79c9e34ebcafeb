import type { z } from 'zod';
import { BuilderError, type Origin, SpecError } from '../errors.js';
import type { SourceDocument, YamlPath } from '../yaml/yaml.js';
import { describeIssue, describePath, describeValue } from './issue-words.js';
import { knownKeys } from './known-keys.js';
import { nameHint, nearestName } from '../nearest-name.js';

type Issue = z.core.$ZodIssue;

/**
 * Validates a document's data, and returns it with defaults.
 * @throws SpecError with all errors, each with its place in the file
 */
export function validate<T>(schema: z.ZodType<T>, source: SourceDocument): T {
  const result = schema.safeParse(source.data, { error: describeIssue, reportInput: true, jitless: true });
  if (result.success) return result.data;
  const misspelt = misspeltKeys(result.error.issues, schema);
  const problems = result.error.issues
    .filter((issue) => !misspelt.has(JSON.stringify(issue.path)) || issue.input !== undefined)
    .flatMap((issue) => problemsOf(issue, schema, source));
  throw new SpecError(problems.sort((a, b) => position(a.origin) - position(b.origin)));
}

/** Paths of missing keys that unknown keys probably misspell: these are not reported separately. */
function misspeltKeys(issues: readonly Issue[], schema: z.ZodType): Set<string> {
  const meant = issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [];
    const path = issue.path as YamlPath;
    const known = knownKeys(schema, path);
    return issue.keys.map((key) => [...path, nearestName(key, known)]);
  });
  return new Set(meant.map((path) => JSON.stringify(path)));
}

function problemsOf(issue: Issue, schema: z.ZodType, source: SourceDocument): BuilderError[] {
  const path = issue.path as YamlPath;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey(key, path, schema, source));
  const origin = issue.code === 'invalid_key' ? source.originOfKey(path) : source.originOf(path);
  return [invalid(`${describePath(path)} ${issue.message}${butIs(issue)}`, origin)];
}

function unknownKey(key: string, path: YamlPath, schema: z.ZodType, source: SourceDocument): BuilderError {
  const where = path.length === 0 ? '' : ` in ${describePath(path)}`;
  return invalid(
    `The key "${key}" is not known${where}`,
    source.originOfKey([...path, key]),
    nameHint(key, knownKeys(schema, path)),
  );
}

/** The actual value, for messages that don't contain it. */
function butIs({ code, input }: Issue): string {
  const tellsNothing = ['invalid_format', 'invalid_value', 'invalid_union', 'too_small', 'too_big'].includes(
    code,
  );
  return tellsNothing && input !== undefined && !Array.isArray(input) ? `, not ${describeValue(input)}` : '';
}

function invalid(message: string, origin: Origin, hint?: string): BuilderError {
  return new BuilderError(message, { code: 'invalid', origin, hint });
}

function position(origin: Origin | undefined): number {
  return origin ? origin.line * 1e6 + origin.column : 0;
}
