import t from 'tap';
import { BuilderError } from '../errors.js';
import type { StoredImage } from '../image/image.js';
import { deliverImage } from './deliver-image.js';
import type { Delivered, Destination } from './destination.js';

const image = {} as StoredImage;

/** A destination that returns `told` or throws it, and records its call. */
const destination = (asked: string[], name: string, told: Delivered | Error): Destination => ({
  deliver: (given) => {
    t.equal(given, image);
    asked.push(name);
    return told instanceof Error ? Promise.reject(told) : Promise.resolve(told);
  },
});

t.test('an image goes to one place after the other, and what they tell is told together', async (t) => {
  const asked: string[] = [];
  const pushed = { registry: 'a.example', uploaded: 1, mounted: 0, existing: 2, bytes: 3 };
  const told = await deliverImage(image, [
    destination(asked, 'file', {}),
    destination(asked, 'Docker', { loaded: true, tags: ['web:1', 'a.example/web:1'] }),
    destination(asked, 'registry', { pushed, tags: ['a.example/web:1'] }),
  ]);
  t.strictSame(asked, ['file', 'Docker', 'registry']);
  t.strictSame(told, { loaded: true, pushed, tags: ['web:1', 'a.example/web:1'] });
});

t.test('nowhere is a place, too', async (t) => {
  t.strictSame(await deliverImage(image, []), {});
});

t.test('where one fails, those after it get nothing', async (t) => {
  const asked: string[] = [];
  const full = new BuilderError('the disk is full', { code: 'failed' });
  const all = [destination(asked, 'file', full), destination(asked, 'Docker', { loaded: true })];
  await t.rejects(deliverImage(image, all), { message: 'the disk is full' });
  t.strictSame(asked, ['file']);
});
