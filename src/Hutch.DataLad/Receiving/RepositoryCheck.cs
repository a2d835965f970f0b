using Hutch.DataLad.Objects;
using Hutch.DataLad.Packs;
using Hutch.DataLad.Store;
using Hutch.Site.Replication.Copies;

namespace Hutch.DataLad.Receiving;

/// <summary>
/// Checks a repository that the home of a dataset offers to a copy. A push adds objects, makes refs, and moves branches forward; of a
/// removed ref a record stays. So an offer includes everything that was here. See docs/decisions/0175-pushed-git-repository.md.
/// </summary>
internal sealed class RepositoryCheck(RepositoryStore stored, int maxObjectBytes) : IRepositoryCheck
{
    public async Task<HutchError?> FindFaultAsync(DatasetId dataset, TreeRoot? before, TreeRoot offered, CancellationToken ct)
    {
        IReadOnlyList<PackFiles> here = before is { } root ? await stored.ListPacksAsync(root, ct) : [];
        IReadOnlyList<PackFiles> there = await stored.ListPacksAsync(offered, ct);
        foreach (PackFiles pack in there.ExceptBy(here.Select(Hashes), Hashes))
        {
            if (await FindFaultAsync(dataset, pack, ct) is { } fault)
            {
                return fault;
            }
        }

        byte[] head = await stored.ReadHeadAsync(dataset, offered, ct);
        byte[] packed = await stored.ReadRefsAsync(dataset, offered, ct);
        var refs = RefTable.Parse(head, packed);
        if (!refs.ToHead().AsSpan().SequenceEqual(head) || !refs.ToPacked().AsSpan().SequenceEqual(packed))
        {
            return Reject("its refs are not written as they are stored");
        }

        RefTable known = before is { } former ? await stored.RefsAsync(dataset, former, ct) : RefTable.Empty;
        using ObjectStore old = await stored.OpenAsync(dataset, here, ct);
        using ObjectStore store = await stored.OpenAsync(dataset, there, ct);
        try
        {
            return FindLost(old, store, ct) ?? FindLost(known, refs, store, ct) ?? FindFault(known, refs, old, store, ct);
        }
        catch (HutchException e)
        {
            return e.Error;
        }
    }

    private static (BlobHash, BlobHash) Hashes(PackFiles pack) => (pack.Pack.Hash, pack.Index.Hash);

    private async Task<HutchError?> FindFaultAsync(DatasetId dataset, PackFiles files, CancellationToken ct)
    {
        Pack pack = await stored.OpenPackAsync(dataset, files, ct);
        try
        {
            byte[] index = await stored.ReadIndexAsync(dataset, files, ct);
            return PackIndexer.MakeIndex(pack, maxObjectBytes, ct).Bytes.Span.SequenceEqual(index)
                ? null
                : Reject("the index of a pack is not that of the pack");
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.BadRequest)
        {
            return Reject("a pack is damaged, or is none");
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.TooLarge)
        {
            return e.Error;
        }
        finally
        {
            pack.Release();
        }
    }

    /// <summary>Packs may be merged, and then each object is in another one.</summary>
    private static HutchError? FindLost(ObjectStore old, ObjectStore store, CancellationToken ct)
    {
        HashSet<ObjectId> retained = [.. store.Packs.Select(static pack => pack.Index.PackId)];
        foreach (OpenPack gone in old.Packs.Where(pack => !retained.Contains(pack.Index.PackId)))
        {
            ct.ThrowIfCancellationRequested();
            foreach ((ObjectId id, _) in gone.Index.Objects())
            {
                if (!store.Has(id))
                {
                    return Reject($"it lacks the object {id}, which this site has");
                }
            }
        }

        return null;
    }

    private static HutchError? FindLost(RefTable known, RefTable refs, ObjectStore store, CancellationToken ct)
    {
        foreach ((string name, ObjectId was) in known.Refs)
        {
            ObjectId? now = refs.Find(name);
            if (now == was || refs.Find(RefTable.NameOfRemoved(name, was)) == was)
            {
                continue;
            }

            string? lost = now switch
            {
                null => "is not in it",
                _ when !RefRules.IsBranch(name) => "names something else",
                { } to when !RefRules.IsAncestor(store, was, to, ct) => "was moved back or aside",
                _ => null,
            };
            if (lost is not null)
            {
                return Reject($"{Display.Quote(name)}, which this site has, {lost}");
            }
        }

        return null;
    }

    private static HutchError? FindFault(RefTable known, RefTable refs, ObjectStore old, ObjectStore store, CancellationToken ct)
    {
        if (!RefRules.IsName(refs.Head))
        {
            return Reject("its HEAD names no branch");
        }

        var rules = new ObjectRules(store, old.Has);
        foreach ((string name, ObjectId id) in refs.Refs.Where(one => known.Find(one.Key) != one.Value))
        {
            if (!RefRules.IsName(name) && !RefTable.IsOfVersion(name) && !RefTable.IsOfRemoved(name, id))
            {
                return Reject($"it has the ref {Display.Quote(name)}, which cannot be pushed");
            }

            if (store.KindOf(id) is not { } kind || (kind != ObjectKind.Commit && RefRules.IsBranch(name)))
            {
                return Reject($"{Display.Quote(name)} names what is not in it, or no commit");
            }

            rules.Check(id, ct);
        }

        return null;
    }

    private static HutchError Reject(string why) => ErrorCode.Unprocessable.With($"What git brought there cannot be taken: {why}.");
}
