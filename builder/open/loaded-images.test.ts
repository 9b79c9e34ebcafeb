import t from 'tap';
import { openStore } from '../store/content-store.js';
import { digestOf } from '../store/digest.js';
import { dockerIdOf } from './loaded-images.js';

t.test(
  "Docker's id of a build is its configuration's digest, by the digest that the build printed",
  async (t) => {
    using store = openStore(t.testdir());
    const config = store.put(Buffer.from('{"os":"linux"}'));
    const mediaType = 'application/vnd.oci.image.config.v1+json';
    const manifest = { schemaVersion: 2, config: { mediaType, digest: config, size: 14 }, layers: [] };
    t.equal(dockerIdOf(store.put(Buffer.from(JSON.stringify(manifest))), store), config);
    t.equal(dockerIdOf(config, store), undefined, 'an id of its own');
    t.equal(dockerIdOf(store.put(Buffer.from([31, 139, 8])), store), undefined, 'a layer');
    t.equal(dockerIdOf(digestOf(Buffer.from('elsewhere')), store), undefined);
  },
);
