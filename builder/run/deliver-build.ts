import { join, resolve } from 'node:path';
import { ImageChecks } from '../containers/image-checks.js';
import type { BuildContext } from '../context.js';
import { archiveDestination } from '../deliver/archive-destination.js';
import { deliverImage } from '../deliver/deliver-image.js';
import type { Destination } from '../deliver/destination.js';
import { checkedFirst, dockerDestination } from '../deliver/docker-destination.js';
import { type ImageNames, imageNames } from '../deliver/image-names.js';
import { layoutDestination } from '../deliver/layout-destination.js';
import { layoutInstead } from '../deliver/layout-instead.js';
import type { BuildOutput } from '../deliver/output.js';
import { registryDestination } from '../deliver/push/registry-destination.js';
import type { Engine } from '../engine/engine.js';
import type { StoredImage } from '../image/image.js';
import type { LayoutPlace } from '../image/oci-layout.js';
import { rememberBuild } from '../open/last-build.js';
import type { ImageSpec } from '../spec/image-spec.js';
import { isPartial } from '../steps/play-playbook.js';
import type { Store } from '../store/store.js';
import type { BuildOptions, BuildResult } from './build-options.js';

/** Folder of the project for images built on a machine without Docker. */
const layoutsFolder = 'dist/images';

interface Build {
  readonly spec: ImageSpec;
  readonly options: BuildOptions;
  readonly store: Store;
  readonly context: BuildContext;
  engine(): Promise<Engine>;
}

type Told = Pick<BuildResult, 'tags' | 'loaded' | 'layout' | 'pushed' | 'scan'>;

/**
 * Delivers a finished image to a file, Docker and registries as asked; tags and pushes it only if the smoke checks pass.
 * @throws BuilderError
 */
export async function deliverBuild(image: StoredImage, build: Build): Promise<Told> {
  const { spec, options, context, store, engine } = build;
  const smoke = options.smoke ? spec.smoke : [];
  const checks = new ImageChecks({ ...context, name: spec.name, checks: smoke, store });
  const folder = join(store.folder, 'sandbox');
  await checks.runInSandbox(image, { engine, folder, required: options.engine !== 'auto' });
  const names = namesOf(spec, options);
  const delivery = { ...build, names, checks };
  const told = await deliverImage(
    image,
    places.flatMap((place) => place(delivery) ?? []),
  );
  const { tags = [], loaded = false, pushed = null, ...rest } = told;
  return { tags, loaded, ...rest, pushed };
}

/** Only an image of all tasks gets the usual name. */
function namesOf(spec: ImageSpec, options: BuildOptions): ImageNames {
  if (isPartial(options) && options.tags.length === 0) return { all: [], remote: [] };
  return imageNames({ name: spec.name, ...options });
}

interface Delivery extends Build {
  readonly names: ImageNames;
  readonly checks: ImageChecks;
}

/** The destinations, in order. */
const places: readonly ((delivery: Delivery) => Destination | undefined)[] = [
  output,
  docker,
  // Before the push, so that "platen push" can continue after a failure.
  lastBuild,
  registries,
];

function output(delivery: Delivery): Destination | undefined {
  const { names, store, context } = delivery;
  const written = writtenTo(delivery);
  if (written === undefined) return undefined;
  const { kind, path } = written;
  const { reporter } = context;
  return kind === 'oci'
    ? layoutDestination({ place: layoutAt(path, delivery), store, reporter })
    : archiveDestination({ file: path, tags: names.all, reporter });
}

function docker(delivery: Delivery): Destination | undefined {
  const { options, names, checks, store, context } = delivery;
  if (options.load === false || (isPartial(options) && names.all.length === 0)) return undefined;
  const { reporter, signal, environment, projectFolder } = context;
  const host = { host: environment.DOCKER_HOST };
  const loaded = dockerDestination({ docker: host, tags: names.all, store, reporter });
  const checked = checkedFirst(loaded, { checks, docker: host, store, signal });
  if (options.load !== 'auto') return checked;
  const place = layoutAt(join(projectFolder, layoutsFolder, options.image), delivery);
  const layout = layoutDestination({ place, store, reporter });
  return layoutInstead(checked, { layout, place, written: writtenTo(delivery), checks, reporter });
}

function lastBuild({ spec, options, store, context }: Delivery): Destination | undefined {
  if (isPartial(options)) return undefined;
  const built = { ...context, image: options.image, name: spec.name };
  return {
    deliver: (image) => {
      rememberBuild(built, image, store);
      return Promise.resolve({});
    },
  };
}

function registries({ options, names, store, context }: Delivery): Destination | undefined {
  const { push: choices } = options;
  return choices && registryDestination({ names: names.remote, choices, store, context });
}

/** The destination of `--output`, with an absolute path. */
function writtenTo({ options, context }: Delivery): BuildOutput | undefined {
  const { output: wanted } = options;
  return wanted && { ...wanted, path: resolve(context.projectFolder, wanted.path) };
}

function layoutAt(folder: string, { spec, names }: Delivery): LayoutPlace {
  return { folder, reference: names.all[0] ?? `${spec.name}:partial`, platform: spec.platform };
}
