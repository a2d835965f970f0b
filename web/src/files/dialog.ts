/** What the dialogs about selected files and folders are given. */
export interface FilesDialogProps {
  dataset: string;
  /** The folder in which they are selected; empty for the top, else ends in a slash. */
  folder: string;
  paths: string[];
  onClose: () => void;
  /** Called when the server has done it. */
  onDone: () => Promise<void>;
}
