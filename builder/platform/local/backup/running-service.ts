import type { FoundPlatform } from '../found-platform.js';
import type { WantedService } from '../wanted-platform.js';

/** The service as the release that runs has it, though a newer image may be there; as it is wanted where none ever ran. */
export function runningService(wanted: WantedService, { records }: FoundPlatform): WantedService {
  const running = records.find(({ outcome }) => outcome === 'completed');
  if (running === undefined) return wanted;
  const { task, definition, image } = running;
  return { ...wanted, task, definition, image };
}
