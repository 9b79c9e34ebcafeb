/** A command's output, whole and as lines, as Ansible registers it. */
export function output(
  stdout: string,
  stderr: string,
): { stdout: string; stderr: string; stdout_lines: string[]; stderr_lines: string[] } {
  return { stdout, stderr, stdout_lines: lines(stdout), stderr_lines: lines(stderr) };
}

function lines(printed: string): string[] {
  const all = printed.split(/\r\n|\n|\r/);
  if (all.at(-1) === '') all.pop();
  return all;
}
