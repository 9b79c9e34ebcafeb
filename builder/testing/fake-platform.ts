import type { BackupManifest } from '../platform/backup/backup-manifest.js';
import type { Change } from '../platform/change.js';
import type { DeploymentOutcome, PlatformDriver, PlatformLogLine } from '../platform/driver.js';
import type { PlatformDrift } from '../platform/platform-drift.js';
import type { PlatformStatus } from '../platform/platform-status.js';

const service: Change = { part: 'wordpress', type: 'service', action: 'update', reasons: ['image 1 → 2'] };

/** A platform that does nothing, notes what it is asked and answers as a test says. */
export class FakePlatform implements PlatformDriver {
  /** As "apply scale=3", in order. */
  readonly asked: string[] = [];
  changes: readonly Change[] = [service];
  deployment: DeploymentOutcome | undefined = { outcome: 'completed', revision: '2', wanted: '2' };
  drifted: Partial<PlatformDrift> = {};
  address: string | undefined = 'https://localhost:8443/';
  lines: readonly PlatformLogLine[] = [];
  /** Whether it lacks who may reach the site. */
  lacksOperator = false;
  /** Whether there is a deployment that could be stopped. */
  deploys = true;
  /** What happens while `apply` is at it. */
  meanwhile: () => Promise<unknown> = () => Promise.resolve();
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  #note(what: string, wish: object = {}): void {
    const given = Object.entries(wish).filter(
      ([, value]) => !['undefined', 'function'].includes(typeof value),
    );
    this.asked.push([what, ...given.map(([name, value]) => `${name}=${String(value)}`)].join(' '));
  }

  plan = (wish: object) => {
    this.#note('plan', wish);
    return Promise.resolve({ environment: this.#name, changes: this.changes, notes: [] });
  };

  apply: PlatformDriver['apply'] = async (wish) => {
    const plan = { environment: this.#name, changes: this.changes, notes: [] };
    if (this.lacksOperator) this.asked.push(`operator ${String(await wish.askOperator?.())}`);
    if ((await wish.approve?.(plan)) === false) throw new Error('not approved');
    this.#note('apply', wish);
    await this.meanwhile();
    return this.#outcome();
  };

  check = () => Promise.resolve([]);

  status = (): Promise<PlatformStatus> => {
    this.#note('status');
    return Promise.resolve({ environment: this.#name, address: this.address, parts: [], service: undefined });
  };

  history = () =>
    Promise.resolve([{ who: 'kim', image: `sha256:${'a'.repeat(64)}`, outcome: 'completed' as const }]);

  async *watch(everyMs: number): AsyncGenerator<PlatformStatus> {
    this.#note('watch', { everyMs });
    yield await this.status();
    yield await this.status();
  }

  async *logs(wish: object): AsyncGenerator<PlatformLogLine> {
    this.#note('logs', wish);
    for (const line of this.lines) yield await Promise.resolve(line);
  }

  exec: PlatformDriver['exec'] = ({ part, command, isNew }) => {
    this.#note('exec', { part, command, isNew });
    return Promise.resolve(7);
  };

  backup = (file: string) => {
    this.#note('backup', { file });
    return Promise.resolve({ environment: this.#name, file, bytes: 2_000_000, ms: 10 });
  };

  backups = () => {
    this.#note('backups');
    const created = '2026-11-29T10:00:00.000Z';
    const whole = { database: 'available', files: 'COMPLETED', isWhole: true };
    const begun = { database: 'creating', files: undefined, isWhole: false };
    return Promise.resolve([
      { name: 'second', created, ...begun },
      { name: 'first', created, ...whole },
    ]);
  };

  restore: PlatformDriver['restore'] = async ({ file, approve }) => {
    const { address = '', deployment } = this;
    const backup = { created: '2026-11-29T10:00:00.000Z', environment: 'other', address } as BackupManifest;
    if ((await approve?.(backup)) === false) throw new Error('not approved');
    this.#note('restore', { file });
    await this.meanwhile();
    return { environment: this.#name, address, backup, restored: true, deployment, ms: 10 };
  };

  rollBack = async (to?: string) => {
    this.#note('rollBack', { to });
    await this.meanwhile();
    return this.#outcome();
  };

  stopDeployment = () => {
    this.#note('stopDeployment');
    return Promise.resolve(this.deploys);
  };

  drift = (): Promise<PlatformDrift> => {
    this.#note('drift');
    return Promise.resolve({
      environment: this.#name,
      drifts: [],
      noise: [],
      notCompared: [],
      failed: [],
      ...this.drifted,
    });
  };

  planDestroy = (wish: object) => {
    this.#note('planDestroy', wish);
    return Promise.resolve({ environment: this.#name, changes: this.changes, notes: [] });
  };

  destroy = (wish: object) => {
    this.#note('destroy', wish);
    return Promise.resolve();
  };

  #outcome() {
    const { address, changes, deployment } = this;
    return { environment: this.#name, address, changes, deployment, ms: 1200 };
  }
}
