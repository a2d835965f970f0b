using Hutch.Formats.Zarr;

namespace Hutch.Formats.Hdf5Content;

internal sealed class BlockFile(string path, NumberedFile file, BlockCache blocks) : IFileBytes
{
    public string Name => Path.GetFileName(path);

    public long Length => file.Bytes;

    public void Read(long offset, Span<byte> destination) => blocks.Read(file, offset, destination);
}
