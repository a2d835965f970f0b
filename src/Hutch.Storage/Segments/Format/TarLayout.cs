using Hutch.Model.Tar;

namespace Hutch.Storage.Segments.Format;

/// <summary>Sizes of a tar file: everything in blocks of 512 bytes, two blocks of zeros at the end.</summary>
internal static class TarLayout
{
    public const int BlockSize = UstarHeader.BlockBytes;

    public const int EndSize = UstarHeader.EndBytes;

    public static long Padded(long length) => length + UstarHeader.PaddingAfter(length);

    /// <summary>Bytes a member takes: header, body, padding.</summary>
    public static long MemberSize(long bodyLength) => UstarHeader.MemberBytes(bodyLength);
}
