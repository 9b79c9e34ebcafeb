import { BuilderError } from '../errors.js';

/** A step's command ran into its timeout; a playbook may rescue that. */
export class CommandTimedOut extends BuilderError {
  /** Its output until then. */
  readonly stdout: string;
  readonly stderr: string;

  constructor(name: string, output: { readonly stdout: string; readonly stderr: string }) {
    super(`"${name}" took too long, and was ended`, { code: 'failed' });
    this.stdout = output.stdout;
    this.stderr = output.stderr;
  }
}
