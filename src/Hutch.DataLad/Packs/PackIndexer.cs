using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Hutch.DataLad.Objects;
using Hutch.Model.Checksums;

namespace Hutch.DataLad.Packs;

/// <summary>
/// Indexes a pack that another site stored, as git index-pack does. Nothing in it is trusted: each object is unpacked and named by what it
/// is.
/// </summary>
internal static class PackIndexer
{
    private const int ChunkBytes = 64 << 10;

    /// <summary>Reads all of a pack and makes its index, which the one that came with it must be, to the byte.</summary>
    /// <param name="pack">The pack. It has whole objects only, as every stored one (docs/decisions/0175).</param>
    /// <param name="maxObjectBytes">The largest object.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="Hutch.Model.HutchException">It is damaged, or has what is not stored in packs.</exception>
    [SuppressMessage("Security", "CA5350", Justification = "A pack ends in the SHA-1 of all of it.")]
    public static PackIndex MakeIndex(Pack pack, int maxObjectBytes, CancellationToken ct)
    {
        long end = pack.Length - ObjectId.Size;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        Feed(pack, 0, end, bytes => hash.AppendData(bytes), ct);
        byte[] trailer = new byte[ObjectId.Size];
        byte[] head = new byte[GitPackWriter.HeadBytes];
        if (end < head.Length || pack.Read(head, 0) != head.Length || pack.Read(trailer, end) != trailer.Length
            || !hash.GetHashAndReset().AsSpan().SequenceEqual(trailer))
        {
            throw DamagedPack.Refusal();
        }

        int count = PackEntries.CountOf(head, int.MaxValue);
        var entries = new PackEntries(pack.Read, end, maxObjectBytes);
        var objects = new List<PackedObject>();
        long at = GitPackWriter.HeadBytes;
        while (objects.Count < count)
        {
            ct.ThrowIfCancellationRequested();
            PackEntry entry = entries.ReadHead(at);
            byte[] content = entry.IsDelta ? throw DamagedPack.Refusal() : entries.ReadContent(entry, out long next);
            ulong crc = 0;
            Feed(pack, at, next, bytes => crc = Crc.Crc32.Append(crc, bytes), ct);
            objects.Add(new PackedObject(ObjectId.Of((ObjectKind)entry.Kind, content), at, (uint)crc));
            at = next;
        }

        return at == end ? PackIndex.Of(objects, new ObjectId(trailer)) : throw DamagedPack.Refusal();
    }

    private static void Feed(Pack pack, long from, long to, Action<ReadOnlySpan<byte>> take, CancellationToken ct)
    {
        Span<byte> chunk = stackalloc byte[ChunkBytes];
        for (int read; from < to; from += read)
        {
            ct.ThrowIfCancellationRequested();
            read = pack.Read(chunk[..(int)Math.Min(ChunkBytes, to - from)], from);
            if (read == 0)
            {
                throw DamagedPack.Refusal();
            }

            take(chunk[..read]);
        }
    }
}
