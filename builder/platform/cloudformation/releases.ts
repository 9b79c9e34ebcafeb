/** Images that were built here, and how they come to a registry. */
export interface Releases {
  /** The digest of the newest build of an image of this project; undefined where there is none. */
  newest(image: string): string | undefined;
  /**
   * Pushes the newest build of an image, building it where there is none.
   * @param repository "123456789012.dkr.ecr.eu-central-1.amazonaws.com/wordpress"
   * @returns the digest that the registry has it by
   */
  publish(image: string, repository: string): Promise<string>;
}
