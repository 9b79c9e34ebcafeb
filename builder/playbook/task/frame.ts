import type { Directives, SettingName, Variables } from '../parse/play.js';
import type { Role } from '../parse/role.js';

/** Where the walker stands: what a task inherits from the blocks, includes, role and play around it. */
export interface Frame {
  readonly parent: Frame | undefined;
  readonly directives: Directives;
  readonly role: Role | undefined;
  /** Absolute path of the file that the tasks stand in. */
  readonly path: string;
  /** A dynamic include hands down its variables alone; plays' and roles' variables have their own places. */
  readonly handsDown: 'all' | 'variables' | 'keywords';
  /** Variables of a dynamic include, which win over what tasks have set. */
  readonly includeParams: Variables | undefined;
}

/** From the outermost to the frame itself. */
function chain(frame: Frame): Frame[] {
  const frames: Frame[] = [];
  for (let at: Frame | undefined = frame; at; at = at.parent) frames.unshift(at);
  return frames;
}

function keywordFrames(frame: Frame): Frame[] {
  return chain(frame).filter((one) => one === frame || one.handsDown !== 'variables');
}

/** All conditions that must hold, the outermost first. */
export function conditionsOf(frame: Frame): unknown[] {
  return keywordFrames(frame).flatMap(({ directives }) => directives.when);
}

export function tagsOf(frame: Frame): unknown[] {
  return keywordFrames(frame).flatMap(({ directives }) => directives.tags);
}

/** All `environment` entries, the innermost last. */
export function environmentOf(frame: Frame): unknown[] {
  return keywordFrames(frame).flatMap(({ directives }) => directives.environment);
}

/** The nearest value of a keyword, not templated. */
export function settingOf(frame: Frame, name: SettingName): unknown {
  return keywordFrames(frame).findLast(({ directives }) => directives.settings[name] !== undefined)
    ?.directives.settings[name];
}

/** Variables of the task, its blocks and includes, the innermost first. */
export function taskVariables(frame: Frame): Variables[] {
  return chain(frame)
    .filter((one) => one.handsDown !== 'keywords' || one === frame)
    .map(({ directives }) => directives.vars)
    .reverse();
}

/** Parameters of the dynamic includes around the task, the innermost first. */
export function includeParams(frame: Frame): Variables[] {
  return chain(frame)
    .flatMap((one) => (one.includeParams === undefined ? [] : [one.includeParams]))
    .reverse();
}

export function childFrame(parent: Frame, directives: Directives, more: Partial<Frame> = {}): Frame {
  return {
    role: parent.role,
    path: parent.path,
    handsDown: 'all',
    includeParams: undefined,
    ...more,
    parent,
    directives,
  };
}
