/** A rule for paths that layers omit: see docs/playbook.md, "What a command leaves". */
export interface LeftOutRule {
  /** The paths as in the documentation. */
  readonly paths: string;
  /** Matches absolute paths. */
  readonly pattern: RegExp;
  /** Their kind, in a word or two, for the line below a step. */
  readonly what: string;
}

/**
 * All paths that layers omit, unless they are directories; all others are kept. Give the reason for a new rule in
 * docs/playbook.md, where a test looks for it.
 */
export const leftOutRules: readonly LeftOutRule[] = [
  { paths: '`/var/lib/apt/lists/**`', pattern: /^\/var\/lib\/apt\/lists\/./, what: 'package lists' },
  { paths: '`/var/cache/apt/**`', pattern: /^\/var\/cache\/apt\/./, what: 'downloads of apt' },
  {
    paths: '`/var/log/{dpkg,alternatives,bootstrap,fontconfig}.log`, `/var/log/apt/**`',
    pattern: /^\/var\/log\/((dpkg|alternatives|bootstrap|fontconfig)\.log$|apt\/.)/,
    what: 'logs of packages',
  },
  {
    paths: '`/var/cache/ldconfig/aux-cache`',
    pattern: /^\/var\/cache\/ldconfig\/aux-cache$/,
    what: 'cache of ldconfig',
  },
  {
    paths: '`/etc/{passwd,group,shadow,gshadow,subuid,subgid}-`',
    pattern: /^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$/,
    what: 'backups',
  },
  {
    paths: '`/var/lib/dpkg/*-old`, `/var/cache/debconf/*-old`, `/var/lib/apt/extended_states.old`',
    pattern:
      /^(\/var\/lib\/dpkg\/[^/]*-old|\/var\/cache\/debconf\/[^/]*-old|\/var\/lib\/apt\/extended_states\.old)$/,
    what: 'backups',
  },
  {
    paths: '`/var/lib/systemd/{random-seed,credential.secret}`',
    pattern: /^\/var\/lib\/systemd\/(random-seed|credential\.secret)$/,
    what: 'secrets of systemd',
  },
  { paths: '`/run/**/*.pid`', pattern: /^\/run\/.*\.pid$/, what: 'process ids' },
  {
    paths: '`/root/{.bash_history,.wget-hsts,.lesshst}`',
    pattern: /^\/root\/\.(bash_history|wget-hsts|lesshst)$/,
    what: 'histories',
  },
  {
    paths: '`/dev/**`, `/proc/**`, `/sys/**`, `/.dockerenv`',
    pattern: /^\/((dev|proc|sys)\/.|\.dockerenv$)/,
    what: "the engine's own",
  },
];

/** The kind of a path that layers omit, unless it is a directory; undefined for all others. */
export function leftOutByPath(path: string): string | undefined {
  return leftOutRules.find(({ pattern }) => pattern.test(path))?.what;
}
