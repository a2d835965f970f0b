using Hutch.Formats.Arrays;
using Hutch.Formats.Mrc;
using Hutch.Formats.Nifti;
using Hutch.Formats.Tiff;
using Hutch.Formats.Zarr;

namespace Hutch.Formats.Hdf5Content;

internal static class ArrayFiles
{
    private const int HeadBytes = NiftiHeader.MaxBytes;

    /// <summary>The array; null for a file that is none of these.</summary>
    public static IZarrArray? Open(IFileBytes file)
    {
        byte[] head = new byte[Math.Min(HeadBytes, file.Length)];
        file.Read(0, head);
        return NumpyHeader.IsNumpy(head) ? NumpyArray.Open(file)
            : MrcArray.IsMrc(head) ? MrcArray.Open(file)
            : TiffBytes.IsTiff(head) ? TiffArray.Open(file)
            : GzipBytes.IsGzip(head) ? NiftiArray.TryOpen(new GzipBytes(file))
            : NiftiHeader.VersionOf(head) is not null ? NiftiArray.TryOpen(file)
            : null;
    }
}
