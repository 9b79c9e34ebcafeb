import { type PartMaker, partContainer, sharedVolume } from './part.js';

/** An OCI registry, as ECR is one: `platen push --registry`. */
export const registry: PartMaker = {
  name: 'registry',
  make: (context) => {
    const { address, registryPort } = context.spec.local;
    return {
      name: 'registry',
      number: 13,
      files: [],
      readySeconds: 30,
      publish: { '5000/tcp': { HostIp: address, HostPort: String(registryPort) } },
      task: {
        Volumes: [sharedVolume('registry')],
        ContainerDefinitions: [
          partContainer('registry', context, {
            Memory: 256,
            MountPoints: [{ SourceVolume: 'registry', ContainerPath: '/var/lib/registry' }],
            PortMappings: [{ ContainerPort: 5000 }],
          }),
        ],
      },
    };
  },
};
