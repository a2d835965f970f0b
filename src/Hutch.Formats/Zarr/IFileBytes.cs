namespace Hutch.Formats.Zarr;

/// <summary>The bytes of a file. Only requested ranges are read.</summary>
internal interface IFileBytes
{
    string Name { get; }

    long Length { get; }

    /// <summary>Reads a range, which must lie in the file.</summary>
    void Read(long offset, Span<byte> destination);
}
