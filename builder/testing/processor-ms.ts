/**
 * Processor time of this process in milliseconds. Tests can limit it, because it does not depend on the machine's other load.
 */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
