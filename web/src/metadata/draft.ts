/** A document as the server has it. */
export interface Version {
  text: string;
  /** Its ETag. */
  tag: string;
}

/** What somebody is writing, and the version that it was made of. */
export interface Draft {
  text: string;
  base: Version;
}
