/** Uploads in progress, on every page. */
export function UploadTray() {
  return null;
}
