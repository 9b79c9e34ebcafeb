import { BuilderError } from '../errors.js';

/** A step's command was ended because its time was up; a playbook may rescue that. */
export class CommandTimedOut extends BuilderError {
  /** What it wrote until then. */
  readonly stdout: string;
  readonly stderr: string;

  constructor(name: string, output: { readonly stdout: string; readonly stderr: string }) {
    super(`"${name}" took too long, and was ended`, { code: 'failed' });
    this.stdout = output.stdout;
    this.stderr = output.stderr;
  }
}
