import { secretsFolder } from '../task/translated-task.js';
import { type PartMaker, certificateFiles, partContainer, sharedVolume } from './part.js';

/** HAProxy, as an ALB: TLS, redirects, health checks of tasks, drains. Which tasks there are it is told while it runs. */
export const loadBalancer: PartMaker = {
  name: 'loadbalancer',
  certificate: { hosts: ['localhost', 'loadbalancer'], addresses: ['127.0.0.1', '::1'] },
  make: (context) => {
    const { address, httpsPort, httpPort, healthCheckSeconds, deregistrationSeconds } = context.spec.local;
    const { healthCheck } = context;
    const settings: Record<string, string | number> = {
      LOADBALANCER_NAME: `app/${context.names.network}/local`,
      LOADBALANCER_HTTP_PORT: httpPort,
      LOADBALANCER_HTTPS_PORT: httpsPort,
      LOADBALANCER_TLS_CERTIFICATE_FILE: `${secretsFolder}/server.crt`,
      LOADBALANCER_TLS_KEY_FILE: `${secretsFolder}/server.key`,
      LOADBALANCER_HEALTH_PATH: healthCheck.path,
      LOADBALANCER_HEALTH_STATUS: healthCheck.status,
      LOADBALANCER_HEALTH_INTERVAL_SECONDS: healthCheckSeconds,
      LOADBALANCER_HEALTH_TIMEOUT_SECONDS: healthCheck.timeoutSeconds,
      LOADBALANCER_HEALTHY_THRESHOLD: healthCheck.healthyCount,
      LOADBALANCER_UNHEALTHY_THRESHOLD: healthCheck.unhealthyCount,
      LOADBALANCER_DEREGISTRATION_SECONDS: Math.max(1, deregistrationSeconds),
      // PHP may take 120 s: who waits for it must not be cut off before.
      LOADBALANCER_IDLE_SECONDS: 125,
    };
    return {
      name: 'loadbalancer',
      number: 14,
      files: certificateFiles(context),
      readySeconds: 30,
      publish: {
        '8443/tcp': { HostIp: address, HostPort: String(httpsPort) },
        '8080/tcp': { HostIp: address, HostPort: String(httpPort) },
      },
      task: {
        Volumes: [sharedVolume('loadbalancer')],
        ContainerDefinitions: [
          partContainer('loadbalancer', context, {
            Memory: 256,
            Environment: Object.entries(settings).map(([Name, value]) => ({ Name, Value: String(value) })),
            MountPoints: [{ SourceVolume: 'loadbalancer', ContainerPath: '/var/lib/loadbalancer' }],
            PortMappings: [{ ContainerPort: 8443 }, { ContainerPort: 8080 }],
          }),
        ],
      },
    };
  },
};
