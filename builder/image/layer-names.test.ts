import t from 'tap';
import { layerNames } from './layer-names.js';

const digest = `sha256:${'a'.repeat(64)}` as const;
const names = (...steps: { created_by?: string; comment?: string; empty_layer?: boolean }[]) =>
  layerNames({
    history: steps,
    rootfs: {
      type: 'layers',
      diff_ids: steps.filter(({ empty_layer: empty }) => empty !== true).map(() => digest),
    },
  });

t.test('what builders write, without its dress', (t) => {
  const hex = 'e'.repeat(64);
  t.strictSame(
    names(
      { created_by: `/bin/sh -c #(nop) ADD file:${hex} in / ` },
      { created_by: '/bin/sh -c #(nop)  CMD ["bash"]', empty_layer: true },
      { created_by: '/bin/sh -c apt-get update  &&   apt-get install -y nginx' },
      { created_by: '|1 VERSION=3 /bin/sh -c make install' },
      { created_by: 'RUN |1 VERSION=3 /bin/sh -c make check # buildkit' },
      { created_by: 'COPY /app /app # buildkit', comment: 'buildkit.dockerfile.v0' },
      { created_by: 'platen: packages (2)' },
      { created_by: '', comment: 'Imported from -' },
      {},
    ),
    [
      'ADD file:eeeeeeee in /',
      'RUN apt-get update && apt-get install -y nginx',
      'RUN make install',
      'RUN make check',
      'COPY /app /app',
      'packages (2)',
      'Imported from -',
      'layer 8',
    ],
  );
  t.end();
});

t.test('a history that counts otherwise names nothing', (t) => {
  const rootfs = { type: 'layers' as const, diff_ids: [digest, digest] };
  t.strictSame(layerNames({ history: [{ created_by: 'one' }], rootfs }), ['layer 1', 'layer 2']);
  t.strictSame(layerNames({ history: undefined, rootfs }), ['layer 1', 'layer 2']);
  t.end();
});
