using Hutch.Formats.Zarr;

namespace Hutch.Formats.Hdf5Content;

/// <summary>A file of the dataset, by range.</summary>
internal sealed class BlockFile(string path, NumberedFile file, BlockCache blocks) : IFileBytes
{
    /// <inheritdoc/>
    public string Name => Path.GetFileName(path);

    /// <inheritdoc/>
    public long Length => file.Bytes;

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> destination) => blocks.Read(file, offset, destination);
}
