/** Where else the image goes: an OCI layout's folder, or an archive that `docker load` reads. */
export interface BuildOutput {
  readonly kind: 'oci' | 'tar';
  readonly path: string;
}
