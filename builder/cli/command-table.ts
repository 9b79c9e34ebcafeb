import type { CommandGroup, RunnableCommand } from './command.js';
import { backupCommand } from './commands/backup/backup-command.js';
import { buildCommand } from './commands/build-command.js';
import { cacheCommand } from './commands/cache-command.js';
import { diffCommand } from './commands/diff-command.js';
import { inspectCommand } from './commands/inspect-command.js';
import { destroyCommand } from './commands/destroy-command.js';
import { driftCommand } from './commands/drift-command.js';
import { execCommand } from './commands/exec-command.js';
import { logsCommand } from './commands/logs-command.js';
import { mailCommand } from './commands/mail-command.js';
import { openCommand } from './commands/open-command.js';
import { promoteCommand } from './commands/promote-command.js';
import { provisionCommand } from './commands/provision-command.js';
import { restoreCommand } from './commands/backup/restore-command.js';
import { rollbackCommand } from './commands/rollback-command.js';
import { statusCommand } from './commands/status-command.js';
import { pullCommand } from './commands/pull-command.js';
import { pushCommand } from './commands/push-command.js';
import { runCommand } from './commands/run-command.js';
import { doctorCommand } from './doctor/doctor-command.js';

/** All commands, as the help lists them. */
export const commandTable: readonly (RunnableCommand | CommandGroup)[] = [
  buildCommand,
  pushCommand,
  inspectCommand,
  diffCommand,
  pullCommand,
  runCommand,
  provisionCommand,
  statusCommand,
  driftCommand,
  logsCommand,
  execCommand,
  openCommand,
  mailCommand,
  backupCommand,
  restoreCommand,
  rollbackCommand,
  promoteCommand,
  destroyCommand,
  cacheCommand,
  doctorCommand,
];
