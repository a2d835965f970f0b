using Hutch.DataLad.Objects;
using Hutch.Model.Checksums;

namespace Hutch.DataLad.Packs;

/// <summary>Indexes a pack of another site as git index-pack does, trusting nothing: objects are unpacked and named by content.</summary>
internal static class PackIndexer
{
    /// <summary>Reads all of a pack and makes its index. The index that came with the pack must equal it, to the byte.</summary>
    /// <param name="pack">The pack. It has whole objects only, as every stored one (docs/decisions/0175).</param>
    /// <param name="maxObjectBytes">The largest object.</param>
    /// <exception cref="Hutch.Model.HutchException">It is damaged, or has objects that stored packs do not have.</exception>
    public static PackIndex MakeIndex(Pack pack, int maxObjectBytes, CancellationToken ct)
    {
        var scan = new PackScan(pack.Read);
        ObjectId trailer = scan.CheckTrailer(pack.Length, ct);
        long end = pack.Length - ObjectId.Size;
        byte[] head = new byte[GitPackWriter.HeadBytes];
        int count = PackEntries.CountOf(head.AsSpan(0, pack.Read(head, 0)), int.MaxValue);
        var entries = new PackEntries(pack.Read, end, maxObjectBytes);
        var objects = new List<PackedObject>();
        long at = GitPackWriter.HeadBytes;
        while (objects.Count < count)
        {
            ct.ThrowIfCancellationRequested();
            PackEntry entry = entries.ReadHead(at);
            byte[] content = entry.IsDelta ? throw DamagedPack.Refusal() : entries.ReadContent(entry, out long next);
            ulong crc = 0;
            scan.Feed(at, next, bytes => crc = Crc.Crc32.Append(crc, bytes), ct);
            objects.Add(new PackedObject(ObjectId.Compute((ObjectKind)entry.Kind, content), at, (uint)crc));
            at = next;
        }

        return at == end ? PackIndex.From(objects, trailer) : throw DamagedPack.Refusal();
    }
}
