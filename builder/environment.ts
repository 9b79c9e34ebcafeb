/** The environment variables of a process. Passed as an argument: only cli/main.ts reads the real ones. */
export type Environment = Readonly<Record<string, string | undefined>>;
