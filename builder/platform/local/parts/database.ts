import { secretsFolder } from '../task/translated-task.js';
import { type PartMaker, certificateFiles, partContainer, sharedVolume } from './part.js';

/** MariaDB, as RDS has it: a master user, TLS by the environment's authority, nobody without it. */
export const database: PartMaker = {
  name: 'database',
  certificate: { hosts: ['database'] },
  make: (context) => ({
    name: 'database',
    number: 10,
    files: certificateFiles(context),
    readySeconds: 120,
    task: {
      Volumes: [sharedVolume('database')],
      ContainerDefinitions: [
        partContainer('database', context, {
          Memory: 1024,
          StopTimeout: 60,
          Environment: [
            { Name: 'MARIADB_TLS_CERTIFICATE_FILE', Value: `${secretsFolder}/server.crt` },
            { Name: 'MARIADB_TLS_KEY_FILE', Value: `${secretsFolder}/server.key` },
          ],
          Secrets: [
            { Name: 'MARIADB_MASTER_USER', ValueFrom: 'database-admin:username::' },
            { Name: 'MARIADB_MASTER_PASSWORD', ValueFrom: 'database-admin:password::' },
          ],
          MountPoints: [{ SourceVolume: 'database', ContainerPath: '/var/lib/mysql' }],
        }),
      ],
    },
  }),
};
