import { advices as t } from "../messages/en";

/** What to do about an error, in the portal: the server's own words are for the command line. */
export const advices: Record<string, string> = t;
