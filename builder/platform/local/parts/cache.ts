import { secretsFolder } from '../task/translated-task.js';
import { type PartMaker, certificateFiles, partContainer } from './part.js';

/** Valkey, as ElastiCache has it: TLS by the environment's authority, a named user. It keeps nothing. */
export const cache: PartMaker = {
  name: 'cache',
  certificate: { hosts: ['cache'] },
  make: (context) => ({
    name: 'cache',
    number: 11,
    files: certificateFiles(context),
    readySeconds: 30,
    task: {
      ContainerDefinitions: [
        partContainer('cache', context, {
          Memory: 256,
          Environment: [
            { Name: 'VALKEY_TLS_CERTIFICATE_FILE', Value: `${secretsFolder}/server.crt` },
            { Name: 'VALKEY_TLS_KEY_FILE', Value: `${secretsFolder}/server.key` },
          ],
          Secrets: [
            { Name: 'VALKEY_USER', ValueFrom: 'cache:username::' },
            { Name: 'VALKEY_PASSWORD', ValueFrom: 'cache:password::' },
          ],
        }),
      ],
    },
  }),
};
