using System.IO.Hashing;
using Hutch.DataLad.Objects;

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
            var crc = new Crc32();
            scan.Feed(at, next, crc.Append, ct);
            objects.Add(new PackedObject(ObjectId.Compute((ObjectKind)entry.Kind, content), at, crc.GetCurrentHashAsUInt32()));
            at = next;
        }

        return at == end ? PackIndex.From(objects, trailer) : throw DamagedPack.Refusal();
    }
}
