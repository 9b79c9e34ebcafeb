import { type PartMaker, certificateFiles, partContainer } from './part.js';

/** Valkey, as ElastiCache has it. It keeps nothing. */
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
          Secrets: [{ Name: 'VALKEY_PASSWORD', ValueFrom: 'cache:password::' }],
        }),
      ],
    },
  }),
};
