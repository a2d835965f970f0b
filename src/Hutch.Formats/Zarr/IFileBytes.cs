namespace Hutch.Formats.Zarr;

/// <summary>The bytes of a file. Only requested ranges are read.</summary>
internal interface IFileBytes
{
    /// <summary>Its name, for messages.</summary>
    string Name { get; }

    /// <summary>The number of bytes.</summary>
    long Length { get; }

    /// <summary>Reads a range, which must lie in the file.</summary>
    void Read(long offset, Span<byte> destination);
}
