/** An additional destination: an OCI layout's folder, or an archive for `docker load`. */
export interface BuildOutput {
  readonly kind: 'oci' | 'tar';
  readonly path: string;
}
