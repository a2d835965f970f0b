namespace Hutch.Storage.Segments.Format;

/// <summary>Sizes of a tar file: everything in blocks of 512 bytes, two blocks of zeros at the end.</summary>
internal static class TarLayout
{
    public const int BlockSize = 512;

    public const int EndSize = 2 * BlockSize;

    /// <summary>Length of a body with its padding.</summary>
    public static long Padded(long length) => (length + BlockSize - 1) & ~(long)(BlockSize - 1);

    /// <summary>Bytes a member takes: header, body, padding.</summary>
    public static long MemberSize(long bodyLength) => BlockSize + Padded(bodyLength);
}
