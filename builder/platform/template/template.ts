import type { z } from 'zod';
import type { SourceDocument } from '../../yaml/yaml.js';
import type { templateSchema } from './template-schema.js';

/** A CloudFormation template as its file has it, with intrinsic functions in their long form and sections that were left out empty. */
export type Template = z.output<typeof templateSchema> & { readonly source: SourceDocument };

export type TemplateParameter = Template['Parameters'][string];
export type TemplateResource = Template['Resources'][string];
