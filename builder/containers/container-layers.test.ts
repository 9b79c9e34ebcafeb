import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import t from 'tap';
import { readLayer } from '../image/read-layer.js';
import { openStore } from '../store/content-store.js';
import type { Digest } from '../store/digest.js';
import { containerLayers } from './container-layers.js';
import type { Layer } from '../image/layer.js';

/** A layer made by Python's tarfile. */
function layer(members: string): Layer {
  const script = `
import io, sys, tarfile
t = tarfile.open(fileobj=sys.stdout.buffer, mode='w|', format=tarfile.PAX_FORMAT)
def add(name, data=b'', **more):
    m = tarfile.TarInfo(name); m.size = len(data); m.mode = 0o755
    for k, v in more.items(): setattr(m, k, v)
    t.addfile(m, io.BytesIO(data))
${members}
t.close()`;
  const tar = execFileSync('python3', ['-c', script]);
  const diffId = `sha256:${createHash('sha256').update(tar).digest('hex')}` as Digest;
  return { diffId, size: undefined, blob: undefined, open: () => Readable.from([tar]) };
}

const lower = layer(`
add('a', b'of the lower')
add('dir', type=tarfile.DIRTYPE)
add('dir/x', b'x')
add('dev', type=tarfile.CHRTYPE, devmajor=1, devminor=3)`);
const marks = { 'user.overlay.redirect': Buffer.from('/a').toString('base64') };
const upper = layer(`
add('dir', type=tarfile.DIRTYPE)
add('dir/.wh..wh..opq')
add('dir/y', b'y', pax_headers={'SCHILY.xattr.user.overlay.redirect': '/a', 'SCHILY.xattr.user.mine': 'm'})
add('.wh.a')`);
const linking = layer(`add('b', type=tarfile.LNKTYPE, linkname='a')\nadd('dir/.wh.x')`);

t.test('whiteouts are said as an overlay says them', async (t) => {
  using store = openStore(t.testdir());
  const made = await containerLayers([lower, upper], store);
  const [below, above] = await Promise.all(
    made.map(async ({ open }) => (await readLayer(open(), store)).entries),
  );
  t.strictSame(
    below?.map(({ path }) => path),
    ['/a', '/dir', '/dir/x'],
    'without devices',
  );
  const yes = Buffer.from('y').toString('base64');
  t.match(above, [
    { path: '/dir', xattrs: { 'trusted.overlay.opaque': yes, 'user.overlay.opaque': yes } },
    { path: '/dir/y', xattrs: { 'user.mine': Buffer.from('m').toString('base64') } },
    { path: '/a', type: 'character', device: [0, 0] },
  ]);
  t.notHas(above?.[1]?.xattrs, marks, 'an image brings no marks of its own');
  const again = await containerLayers([upper], store);
  t.equal(again[0]?.diffId, made[1]?.diffId, 'a layer is the same one above others');
});

t.test('layers with a link to what is below them become one', async (t) => {
  using store = openStore(t.testdir());
  const made = await containerLayers([lower, linking], store);
  t.equal(made.length, 1);
  const { entries } = await readLayer(made[0]?.open() ?? Readable.from([]), store);
  t.strictSame(
    entries.map(({ path, type, content }) => [path, type, content && store.read(content.slice).toString()]),
    [
      ['/a', 'file', 'of the lower'],
      ['/dir', 'directory', undefined],
      ['/b', 'hardlink', undefined],
    ],
  );
});
