/**
 * Milliseconds of processor time that this process has used: what a test may bound of something's cost, as it does not hang
 * on what else the machine does meanwhile.
 */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
