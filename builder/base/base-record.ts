import { z } from 'zod';
import type { RunConfiguration } from '../image/assemble-image.js';
import { type LayerRecord, layerSchema } from '../image/stored-layer.js';
import { type FragmentRecord, isFragmentRecord } from '../plan/step-record.js';
import { recordKind } from '../store/record-kind.js';
import type { Facts } from './facts.js';

/** The record of a prepared base. */
export interface BaseRecord {
  readonly fragment: FragmentRecord;
  readonly facts: Facts;
  /** Set if the base is itself an image, with its own layers. */
  readonly image?: BaseImage | undefined;
}

/** Layers of a base image, the lowest first, and its run settings. */
export interface BaseImage {
  readonly layers: readonly LayerRecord[];
  readonly run: RunConfiguration;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Records of bases, by their identity. */
export const baseRecords = recordKind<BaseRecord>(
  'base',
  z.object({
    // Not checked by zod: it may have thousands of entries.
    fragment: z.custom<FragmentRecord>(isFragmentRecord),
    facts: z.custom<Facts>(isObject),
    image: z.object({ layers: z.array(layerSchema), run: z.custom<RunConfiguration>(isObject) }).optional(),
  }),
);
