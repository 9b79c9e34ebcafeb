import type { Entry } from '../../tar/entry.js';

/** The umask in a build. */
export const umask = 0o022;

const shifts = { u: 6, g: 3, o: 0 } as const;
type Who = keyof typeof shifts;

/** The permission bits of a mode (octal or symbolic, from `args.mode`) for an entry. */
export function modeFor(mode: string, entry: Pick<Entry, 'mode' | 'type'>): number {
  if (/^[0-7]+$/.test(mode)) return parseInt(mode, 8);
  return mode
    .split(',')
    .reduce((bits, clause) => applyClause(bits, clause, entry.type === 'directory'), entry.mode);
}

/** Applies one clause of a symbolic mode ("ug=rwX"), like AnsibleModule._symbolic_mode_to_octal. */
function applyClause(start: number, clause: string, directory: boolean): number {
  const [users = ''] = /^[ugoa]*/.exec(clause) ?? [];
  const everyone = users === '' || users === 'a';
  let bits = start;
  for (const [, operator, permissions = ''] of clause.slice(users.length).matchAll(/([-+=])([^-+=]*)/g)) {
    for (const user of (everyone ? 'ugo' : users) as Iterable<Who>) {
      const change = bitsOf(permissions, user, { bits, directory, masked: users === '' });
      if (operator === '=') bits = (bits & ~ownBits(user)) | change;
      else if (operator === '+') bits |= change;
      else bits &= ~change;
    }
  }
  return bits;
}

const special = { u: 0o4000, g: 0o2000, o: 0o1000 } as const;

function ownBits(user: Who): number {
  return (0o7 << shifts[user]) | special[user];
}

interface Before {
  readonly bits: number;
  readonly directory: boolean;
  /** Without a user class, the umask applies. */
  readonly masked: boolean;
}

function bitsOf(permissions: string, user: Who, before: Before): number {
  const runnable = before.directory || (before.bits & 0o111) !== 0;
  const plain: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1, X: runnable ? 1 : 0 };
  let bits = 0;
  for (const letter of permissions) {
    if (letter === 's') bits |= user === 'o' ? 0 : special[user];
    else if (letter === 't') bits |= user === 'o' ? special.o : 0;
    else if (letter in shifts) bits |= ((before.bits >> shifts[letter as Who]) & 0o7) << shifts[user];
    else {
      const bit = (plain[letter] ?? 0) << shifts[user];
      bits |= before.masked ? bit & ~umask : bit;
    }
  }
  return bits;
}
