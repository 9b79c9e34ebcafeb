import type { TaskContainer } from './wordpress-task.js';

/** Rights of services beside WordPress: one user, no capabilities, and only memory and a volume writable. */
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
