using Hutch.Formats.Zarr;

namespace Hutch.Formats.AreaDetectors;

/// <summary>Pieces of a file, all of one length, as if they followed each other.</summary>
internal sealed class JoinedBytes(IFileBytes file, List<long> begins, long pieceBytes) : IFileBytes
{
    public string Name => file.Name;

    public long Length => begins.Count * pieceBytes;

    public void Read(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            (long piece, long at) = Math.DivRem(offset, pieceBytes);
            int count = (int)Math.Min(destination.Length, pieceBytes - at);
            file.Read(begins[(int)piece] + at, destination[..count]);
            destination = destination[count..];
            offset += count;
        }
    }
}
