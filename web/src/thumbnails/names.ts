/** Files in which the server looks for a picture: PictureNames of Hutch.Datasets has the same list, and a test compares them. */
const names =
  /\.(png|jpe?g|gif|webp|bmp|tiff?|gtif|btf|npy|mrcs?|map|ccp4|rec|ali|preali|st|h5|hdf5|nxs|nii|nii\.gz|edf|img|sfrm|gfrm|mar2300|mar3450)$/i;
const frames = /(^|\/)\d{6,9}$/;

/** Whether a file may be a picture, or hold one. */
export function mayHavePicture(path: string): boolean {
  return names.test(path) || frames.test(path);
}
