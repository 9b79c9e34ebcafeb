import { readdirSync } from 'node:fs';
import t from 'tap';
import { openStore } from '../store/content-store.js';
import { assembleImage } from './assemble-image.js';
import { writeOciLayout } from './oci-layout.js';

const platform = 'linux/amd64';

t.test('where no layout can be written, it is said why, and nothing is left', async (t) => {
  const folder = t.testdir({ full: { mine: '' }, file: '' });
  using store = openStore(`${folder}/store`);
  const image = assembleImage({ layers: [], run: {}, epoch: 0, platform }, store);
  for (const [place, why] of [
    [`${folder}/full`, 'something else is in that folder'],
    [`${folder}/file`, 'a file is in the way'],
    [`${folder}/file/below`, 'a file is in the way'],
    ['/proc/nothing/can/be', 'there is no such folder'],
  ] as const)
    t.throws(() => writeOciLayout(image, { folder: place, reference: 'it', platform }, store), {
      code: 'failed',
      message: `The OCI layout ${place} can't be written: ${why}`,
    });
  t.strictSame(readdirSync(folder).toSorted(), ['file', 'full', 'store']);
  t.strictSame(readdirSync(`${folder}/full`), ['mine']);
});
