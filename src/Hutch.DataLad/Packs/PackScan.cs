using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Packs;

/// <summary>Reads stretches of a pack from their beginning to their end. For one thread.</summary>
/// <param name="read">Reads bytes of the pack at an offset; 0 at the end.</param>
internal sealed class PackScan(PackEntries.ReadBytes read)
{
    private const int ChunkBytes = 256 << 10;

    private readonly byte[] _chunk = new byte[ChunkBytes];

    /// <summary>Gives the bytes of a stretch in parts.</summary>
    /// <exception cref="Hutch.Model.HutchException">The pack ends before it does.</exception>
    public void Feed(long from, long to, Action<ReadOnlySpan<byte>> take, CancellationToken ct)
    {
        for (int got; from < to; from += got)
        {
            ct.ThrowIfCancellationRequested();
            got = read(_chunk.AsSpan(0, (int)Math.Min(ChunkBytes, to - from)), from);
            if (got == 0)
            {
                throw DamagedPack.Refusal();
            }

            take(_chunk.AsSpan(0, got));
        }
    }

    /// <summary>The SHA-1 in which a pack of some length ends.</summary>
    /// <exception cref="Hutch.Model.HutchException">It is not that of everything before it, or there is no room for a pack.</exception>
    [SuppressMessage("Security", "CA5350", Justification = "A pack ends in the SHA-1 of all of it.")]
    public ObjectId CheckTrailer(long length, CancellationToken ct)
    {
        long end = length - ObjectId.Size;
        if (end < GitPackWriter.HeadBytes)
        {
            throw DamagedPack.Refusal();
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        Feed(0, end, bytes => hash.AppendData(bytes), ct);
        byte[] trailer = new byte[ObjectId.Size];
        int filled = 0;
        Feed(
            end, length,
            bytes =>
            {
                bytes.CopyTo(trailer.AsSpan(filled));
                filled += bytes.Length;
            },
            ct);
        return hash.GetHashAndReset().AsSpan().SequenceEqual(trailer) ? new ObjectId(trailer) : throw DamagedPack.Refusal();
    }
}
