import type { TaskContainer } from './wordpress-task.js';

/** How what stands beside WordPress runs: as one user, with no capability, and nothing to write to but memory and its volume. */
export const serviceTask: TaskContainer = {
  User: '999:999',
  ReadonlyRootFilesystem: true,
  DockerSecurityOptions: ['no-new-privileges'],
  LinuxParameters: {
    Capabilities: { Drop: ['ALL'], Add: [] },
    Tmpfs: ['/run', '/tmp'].map((ContainerPath) => ({
      ContainerPath,
      Size: 64,
      MountOptions: ['rw', 'nosuid', 'nodev'],
    })),
  },
  ephemeralVolumes: [],
  Memory: 512,
  StopTimeout: 20,
  environment: {},
};
