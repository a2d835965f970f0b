using Hutch.Formats.AreaDetectors;
using Hutch.Formats.Arrays;
using Hutch.Formats.Mrc;
using Hutch.Formats.Nifti;
using Hutch.Formats.Tiff;
using Hutch.Formats.Zarr;

namespace Hutch.Formats.Hdf5Content;

internal static class ArrayFiles
{
    /// <summary>All kinds of files with arrays.</summary>
    public const string Kinds = "an HDF5, MRC, NIfTI, NumPy or TIFF file, or an image of a detector (EDF, ADSC, d*TREK, Bruker, mar345)";

    private const int HeadBytes = MrcHeader.Size;

    private static readonly (byte[] Sign, string Name)[] Packings =
    [
        ([(byte)'B', (byte)'Z', (byte)'h'], "bzip2"),
        ([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], "xz"),
        ([0x28, 0xb5, 0x2f, 0xfd], "Zstandard"),
    ];

    /// <summary>The array; null for a file that is none of these.</summary>
    public static IZarrArray? Open(IFileBytes file)
    {
        byte[] head = new byte[Math.Min(HeadBytes, file.Length)];
        file.Read(0, head);
        if (GzipBytes.IsGzip(head))
        {
            var packed = new GzipBytes(file);
            byte[] unpacked = new byte[HeadBytes];
            return OpenPlain(packed, unpacked.AsSpan(0, packed.ReadAtMost(0, unpacked)));
        }

        if (Array.Find(Packings, packing => head.AsSpan().StartsWith(packing.Sign)) is { Name: { } name })
        {
            throw ErrorCode.Unprocessable.With($"{file.Name} is packed by {name}, which is not read. Unpack it.").ToException();
        }

        return NumpyHeader.IsNumpy(head) ? NumpyArray.Open(file)
            : TiffBytes.IsTiff(head) ? TiffArray.Open(file)
            : OpenPlain(file, head);
    }

    private static IZarrArray? OpenPlain(IFileBytes file, ReadOnlySpan<byte> head)
    {
        if (NiftiHeader.VersionOf(head) is not null)
        {
            return NiftiArray.TryOpen(file);
        }

        return MrcReading.IsMrc(head, file.Name) ? MrcArray.Open(file, head) : TryOpenDetectorImage(file, head);
    }

    private static IZarrArray? TryOpenDetectorImage(IFileBytes file, ReadOnlySpan<byte> head)
    {
        if (SmvFile.IsSmv(head))
        {
            return SmvFile.Open(file);
        }

        if (EdfFile.IsEdf(head))
        {
            return EdfFile.Open(file);
        }

        if (BrukerFile.IsBruker(head))
        {
            return BrukerFile.Open(file);
        }

        return MarFile.IsMar(head) ? MarFile.Open(file) : null;
    }
}
