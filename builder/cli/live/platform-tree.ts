import type { PlatformEvent, PlatformPhase, StackProgress } from '../../platform-event.js';
import type { Palette } from '../text/palette.js';
import { type Row, type Size, formatRow, shareRows } from './tree-rows.js';
import { formatStage, formatTasks } from './deployment-text.js';

/** Work on a part: a stack, a replica, or a resource of a stack. */
interface Work {
  readonly name: string;
  /** When it began, by `performance.now()`. */
  readonly since: number;
  action: string;
  readonly type?: string | undefined;
  isSettling: boolean;
  progress?: StackProgress | undefined;
  /** How far its deployment is, where it is a service's. */
  note?: string | undefined;
  /** Of its resources, by their names, those that are being worked on. */
  readonly resources: Map<string, Work>;
}

interface Phase {
  readonly environment: string;
  readonly phase: PlatformPhase;
  readonly parts: readonly string[];
}

type EventOf<Kind> = Extract<PlatformEvent, { readonly kind: Kind }>;

type Follow = { readonly [K in PlatformEvent['kind']]?: (event: EventOf<K>, now: number) => boolean | void };

/** The eye does not find the time at the other side of a wider terminal. */
const WIDEST = 100;

const phases: Readonly<Record<PlatformPhase, string>> = {
  look: 'looking at what is there',
  deploy: 'deploying',
  verify: 'looking whether all is well',
  remove: 'removing',
};

/**
 * What is being done to a platform: its parts, and below each stack the resources that are being worked on. What is done is not
 * in it any more: each part leaves a permanent line, a resource only its place in its stack's count.
 */
export class PlatformTree {
  readonly #paint: Palette;
  readonly #works = new Map<string, Work>();
  #phase: Phase | undefined;
  #since = 0;
  #done = new Set<string>();
  #failed = new Set<string>();

  constructor(paint: Palette) {
    this.#paint = paint;
  }

  get isIdle(): boolean {
    return this.#phase === undefined && this.#works.size === 0;
  }

  /** Takes what happens at the time `now`. True where the tree shows it, and nothing else has to. */
  follow(event: PlatformEvent, now: number): boolean {
    const follow = this.#table[event.kind] as
      ((event: PlatformEvent, now: number) => boolean | void) | undefined;
    return follow?.(event, now) ?? false;
  }

  /** At most so many lines, each at most so wide. */
  lines(size: Size, now: number): string[] {
    if (this.isIdle || size.rows < 1) return [];
    const header = this.#phase === undefined ? [] : [this.#header(this.#phase, now)];
    const groups = [...this.#works.values()].map((work) => rowsOf(work, now));
    const waiting = this.#waiting();
    const rows = shareRows(groups, size.rows - header.length);
    const isRoom = waiting.length > 0 && header.length + rows.length < size.rows;
    const last: Row[] = isRoom ? [{ depth: 1, name: `waiting: ${waiting.join(', ')}`, colour: 'dim' }] : [];
    const width = Math.min(size.columns, WIDEST);
    return [...header, ...rows, ...last].map((row) => formatRow(row, width, this.#paint));
  }

  readonly #table: Follow = {
    'phase-started': ({ environment, phase, parts = [] }, now) => {
      if (this.#phase === undefined) this.#since = now;
      this.#phase = { environment, phase, parts };
      [this.#done, this.#failed] = [new Set(), new Set()];
      return true;
    },
    'part-started': ({ part, action, type }, now) => {
      const known = this.#find(part);
      if (known === undefined) this.#add(part, { action, type, since: now });
      else known.action = action;
      return true;
    },
    'part-settling': ({ part }) => {
      const work = this.#find(part);
      if (work !== undefined) work.isSettling = true;
      return true;
    },
    'part-cancelled': ({ part }) => this.#end(part, this.#done) || true,
    'stack-progress': (event, now) => {
      const work = this.#find(event.stack) ?? this.#add(event.stack, { action: '', since: now });
      work.progress = event;
      return true;
    },
    'part-changed': ({ part }) => this.#end(part, this.#done),
    'part-healthy': ({ part }) => this.#end(part, this.#done),
    'part-drained': ({ part }) => this.#end(part, this.#done),
    'part-stopped': ({ part }) => this.#end(part, this.#done),
    // Why it failed is told for good, whatever it is.
    'part-failed': ({ part }) => void this.#end(part, this.#failed),
    'deployment-progress': (event) => this.#note(event.service, formatTasks(event)),
    'deployment-stage': (event) => this.#note(event.service, formatStage(event)),
    'deployment-done': ({ service }) => void this.#end(service, this.#done),
  };

  #find(part: string): Work | undefined {
    const [top, resource] = this.#split(part);
    const work = this.#works.get(top);
    return resource === undefined ? work : work?.resources.get(resource);
  }

  #add(part: string, more: Pick<Work, 'action' | 'since' | 'type'>): Work {
    const [top, resource] = this.#split(part);
    const work: Work = { name: resource ?? top, isSettling: false, resources: new Map(), ...more };
    if (resource === undefined) this.#works.set(top, work);
    else
      (this.#works.get(top) ?? this.#add(top, { action: '', since: more.since })).resources.set(
        resource,
        work,
      );
    return work;
  }

  /** True for a resource: it only leaves the tree. */
  #end(part: string, how: Set<string>): boolean {
    const [top, resource] = this.#split(part);
    if (resource !== undefined) return this.#works.get(top)?.resources.delete(resource) !== undefined;
    this.#works.delete(top);
    how.add(top);
    return false;
  }

  /** The service stands below the part that it is made by: on AWS its stack. */
  #note(service: string, text: string): boolean {
    const work = this.#works.get(service) ?? this.#works.get('service');
    if (work !== undefined) work.note = text;
    return true;
  }

  #header({ environment, phase, parts }: Phase, now: number): Row {
    const count = parts.filter((part) => this.#done.has(part)).length;
    const failed = parts.filter((part) => this.#failed.has(part)).length;
    const counts = [
      ...(parts.length > 0 ? [`${count} of ${parts.length} stacks`] : []),
      ...(failed > 0 ? [`${failed} failed`] : []),
    ];
    return {
      depth: 0,
      name: `${environment}: ${[phases[phase], ...counts].join(', ')}`,
      ms: now - this.#since,
      colour: failed > 0 ? 'red' : 'bold',
    };
  }

  /** "network/Vpc" is the resource Vpc of the stack network; names of other things may have a slash, too. */
  #split(part: string): [string, string?] {
    const at = part.indexOf('/');
    const top = part.slice(0, Math.max(0, at));
    const isStack = this.#works.has(top) || this.#phase?.parts.includes(top) === true;
    return isStack ? [top, part.slice(at + 1)] : [part];
  }

  #waiting(): string[] {
    return (this.#phase?.parts ?? []).filter(
      (part) => !this.#works.has(part) && !this.#done.has(part) && !this.#failed.has(part),
    );
  }
}

function rowsOf(work: Work, now: number): Row[] {
  const { progress, note } = work;
  const isBack = progress?.state === 'rolling-back';
  return [
    {
      depth: 1,
      name: work.name,
      state: stateOf(work),
      ms: now - work.since,
      ...(isBack ? { colour: 'yellow' as const } : {}),
    },
    ...(note === undefined ? [] : [{ depth: 2, name: note }]),
    ...[...work.resources.values()].map((resource): Row => ({
      depth: 2,
      name: resource.name,
      detail: resource.type?.replace(/^AWS::/, ''),
      state: resource.isSettling ? 'settling' : resource.action === work.action ? '' : resource.action,
      ms: now - resource.since,
      ...(resource.isSettling ? { colour: 'cyan' as const } : {}),
    })),
  ];
}

function stateOf({ action, progress }: Work): string {
  if (progress === undefined) return action;
  const { done, total } = progress;
  if (progress.state === 'rolling-back')
    return `rolling back, ${(total ?? done) - done} of ${total ?? done} left`;
  return total === undefined ? `${action} ${done}` : `${action} ${done} of ${total}`;
}
