import type { Test } from 'tap';

/** Sets environment variables of this process until a test ends: the AWS SDK reads them itself. */
export function setVariables(t: Test, values: Readonly<Record<string, string>>): void {
  const before = { ...process.env };
  Object.assign(process.env, values);
  t.teardown(() => {
    process.env = before;
  });
}
