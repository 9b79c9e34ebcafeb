import { z } from 'zod';
import type { RunConfiguration } from '../image/assemble-image.js';
import { type LayerRecord, layerSchema } from '../image/stored-layer.js';
import { type FragmentRecord, isFragmentRecord } from '../plan/step-record.js';
import { recordKind } from '../store/record-kind.js';
import type { Facts } from './facts.js';

/** What is kept of a base that was made. */
export interface BaseRecord {
  readonly fragment: FragmentRecord;
  readonly facts: Facts;
  /** Of a base that is an image itself, which keeps its layers. */
  readonly image?: BaseImage | undefined;
}

/** Layers of a base image, the lowest first, and how it says that its containers run. */
export interface BaseImage {
  readonly layers: readonly LayerRecord[];
  readonly run: RunConfiguration;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Records of bases, by their identity. */
export const baseRecords = recordKind<BaseRecord>(
  'base',
  z.object({
    // It may have thousands of entries.
    fragment: z.custom<FragmentRecord>(isFragmentRecord),
    facts: z.custom<Facts>(isObject),
    image: z.object({ layers: z.array(layerSchema), run: z.custom<RunConfiguration>(isObject) }).optional(),
  }),
);
