/** What to do about an error, in the portal: the server's own words are for the command line. */
export const advices: Record<string, string> = {
  recalling: "The file is being recalled from nearline storage. Try again later.",
  unauthenticated: "Log in, then try again.",
  "scope-missing": "This login does not allow it. Log in with your own account.",
  "dataset-closed": "Derive a new dataset from it in the menu of the dataset, and write to that one.",
  "folder-dataset": "Change the files in that folder, or derive a new dataset in the menu of the dataset.",
  "dataset-open": "Close it first, in the menu of the dataset.",
  conflict: "Reload the page, then try again. Nothing was lost.",
  "precondition-failed": "Reload the page to see the change, then try again.",
  "in-trash": "Restore it in the menu of the dataset before it expires there.",
};
