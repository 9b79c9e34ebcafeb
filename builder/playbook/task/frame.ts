import type { Directives, SettingName, Variables } from '../parse/play.js';
import type { Role } from '../parse/role.js';

/** What a task inherits from the blocks, includes, role and play around it. */
export interface Frame {
  readonly parent: Frame | undefined;
  readonly directives: Directives;
  readonly role: Role | undefined;
  /** Absolute path of the file with the tasks. */
  readonly path: string;
  /** What tasks inside inherit. A dynamic include passes on its variables only; plays and roles pass on keywords only. */
  readonly handsDown: 'all' | 'variables' | 'keywords';
  /** Variables of a dynamic include, which win over those set by tasks. */
  readonly includeParams: Variables | undefined;
}

/** The frames from the outermost to this one. */
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
