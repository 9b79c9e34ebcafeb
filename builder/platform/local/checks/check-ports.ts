import { createServer } from 'node:net';
import type { FoundPlatform } from '../found-platform.js';
import type { LocalContext } from '../local-context.js';
import type { Checked, Problem } from './problem.js';

type Spec = LocalContext['spec'];

/** Ports of this machine by the setting that has them, and whose they are. */
const settings = {
  httpsPort: 'loadbalancer',
  httpPort: 'loadbalancer',
  registryPort: 'registry',
  mailPort: 'mail',
} as const;

/** Whether the ports that the environment publishes are free, or its own already. */
export async function checkPorts(
  { spec, names: { environment } }: { spec: Pick<Spec, 'local'>; names: LocalContext['names'] },
  { parts }: Pick<FoundPlatform, 'parts'>,
): Promise<Checked> {
  const { local } = spec;
  const problems: Problem[] = [];
  const numbers: number[] = [];
  for (const [setting, part] of Object.entries(settings)) {
    const port = local[setting as keyof typeof settings];
    const file = `infra-cfn/environments/${environment}.yaml`;
    const isOwn = Object.values(parts[part]?.ports ?? {}).some((place) => place.endsWith(`:${port}`));
    if (numbers.includes(port))
      problems.push({
        message: `Port ${port} is wanted twice (local.${setting})`,
        hint: `Give local.${setting} in ${file} another.`,
      });
    numbers.push(port);
    const code = isOwn ? undefined : await whyTaken(local.address, port);
    if (code !== undefined) problems.push(problemOf(code, { setting, port, file, address: local.address }));
  }
  return { name: 'ports', problems, detail: `${numbers.join(', ')} of ${local.address}` };
}

function problemOf(
  code: string,
  place: { readonly setting: string; readonly port: number; readonly file: string; readonly address: string },
): Problem {
  const { setting, port, file, address } = place;
  if (code === 'EADDRNOTAVAIL')
    return {
      message: `This machine has no address ${address} (local.address)`,
      hint: `Give local.address in ${file} one that it has: 127.0.0.1.`,
    };
  return {
    message:
      code === 'EACCES'
        ? `Port ${port} of ${address} may not be used by you (local.${setting})`
        : `Port ${port} of ${address} is in use by another program (local.${setting})`,
    hint: `"ss -ltnp 'sport = :${port}'" shows by whom; or give local.${setting} in ${file} another.`,
  };
}

/** The system's word for why nobody can listen there; undefined where somebody can. */
function whyTaken(address: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
