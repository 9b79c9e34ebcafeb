/** The environment variables of a process. They are handed in: only cli/main.ts looks them up. */
export type Environment = Readonly<Record<string, string | undefined>>;
