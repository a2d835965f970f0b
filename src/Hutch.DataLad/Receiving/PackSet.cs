using Hutch.DataLad.Objects;
using Hutch.DataLad.Packs;
using Hutch.DataLad.Store;

namespace Hutch.DataLad.Receiving;

/// <summary>
/// The packs of a repository while a push comes in. Each push adds one, so that small ones are merged from time to time: those that stay
/// apart are each twice as large as all smaller ones together. So an object is written again a few times at most, however many pushes
/// follow. For one thread.
/// </summary>
internal sealed class PackSet(ObjectStore store, Func<IDiskFile> newFile)
{
    /// <summary>The most packs before some are merged.</summary>
    public const int MaxPacks = 16;

    private readonly List<OpenPack> _added = [];

    /// <summary>The size of the packs with new objects, and of their indexes.</summary>
    public long NewBytes => _added.Sum(static pack => pack.Pack.Length + pack.Index.Bytes.Length);

    public bool IsNew(ObjectId id) => _added.Any(pack => pack.Index.Find(id) >= 0);

    /// <summary>Adds the gathered objects to the store; does nothing if there are none.</summary>
    public void Add(GitPackWriter writer)
    {
        if (writer.Count > 0)
        {
            Pack pack = writer.Finish();
            _added.Add(store.Add(PackIndex.From(writer.Places, pack.Id), pack));
        }
    }

    /// <summary>The pack that is to be stored, null for none, and those that it takes the place of.</summary>
    public (OpenPack? Added, IReadOnlyList<OpenPack> Replaced) Finish(CancellationToken ct)
    {
        OpenPack[] before = [.. store.Packs.Except(_added)];
        OpenPack[] replaced = before.Length < MaxPacks || _added.Count == 0 ? [] : ChooseSmall(before);
        if (_added.Count + replaced.Length <= 1)
        {
            return (_added.FirstOrDefault(), []);
        }

        using var writer = new GitPackWriter(newFile(), int.MaxValue, isIndexed: true);
        foreach (OpenPack pack in _added.Concat(replaced))
        {
            Copy(pack, writer, ct);
        }

        Pack merged = writer.Finish();
        return (store.Add(PackIndex.From(writer.Places, merged.Id), merged), replaced);
    }

    private OpenPack[] ChooseSmall(OpenPack[] packs)
    {
        OpenPack[] sorted = [.. packs.OrderBy(static pack => pack.Index.Count)];
        long sum = _added.Sum(static pack => (long)pack.Index.Count);
        int count = 0;
        while (count < sorted.Length && (sorted[count].Index.Count < 2 * sum || sorted.Length - count >= MaxPacks))
        {
            sum += sorted[count++].Index.Count;
        }

        return sorted[..count];
    }

    private static void Copy(OpenPack pack, GitPackWriter writer, CancellationToken ct)
    {
        foreach ((ObjectId id, long offset) in pack.Index.Objects().OrderBy(static one => one.Offset))
        {
            ct.ThrowIfCancellationRequested();
            if (writer.Needs(id))
            {
                PackEntry entry = pack.Entries.ReadHead(offset);
                writer.Write((ObjectKind)entry.Kind, id, pack.Entries.ReadContent(entry, out _));
            }
        }
    }
}
