namespace Hutch.Formats.Zarr;

/// <summary>The bytes of a file, of which only those that are asked for are read.</summary>
internal interface IFileBytes
{
    /// <summary>Its name, for messages.</summary>
    string Name { get; }

    /// <summary>How many there are.</summary>
    long Length { get; }

    /// <summary>Reads a range, which must lie in the file.</summary>
    void Read(long offset, Span<byte> destination);
}
