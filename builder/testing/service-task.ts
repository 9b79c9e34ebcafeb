import type { TaskContainer } from './wordpress-task.js';

/** How what stands beside WordPress runs: as one user, with no capability, and nothing to write to but memory and its volume. */
export const serviceTask: TaskContainer = {
  user: '999:999',
  readonlyRootFilesystem: true,
  dockerSecurityOptions: ['no-new-privileges'],
  linuxParameters: {
    capabilities: { drop: ['ALL'], add: [] },
    tmpfs: ['/run', '/tmp'].map((containerPath) => ({
      containerPath,
      size: 64,
      mountOptions: ['rw', 'nosuid', 'nodev'],
    })),
  },
  ephemeralVolumes: [],
  memory: 512,
  stopTimeout: 20,
  environment: {},
};
