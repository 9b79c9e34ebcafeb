import { type PartMaker, partContainer } from './part.js';

/** Where the site's mails end: kept in memory, shown on a page, delivered to nobody. */
export const mail: PartMaker = {
  name: 'mail',
  make: (context) => {
    const { address, mailPort } = context.spec.local;
    return {
      name: 'mail',
      number: 12,
      files: [],
      readySeconds: 30,
      publish: { '8025/tcp': { HostIp: address, HostPort: String(mailPort) } },
      task: {
        ContainerDefinitions: [
          partContainer('mail', context, {
            Memory: 256,
            PortMappings: [{ ContainerPort: 1025 }, { ContainerPort: 8025 }],
          }),
        ],
      },
    };
  },
};
