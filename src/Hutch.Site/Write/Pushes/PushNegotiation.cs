using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Write.Pushes;

/// <summary>Decides which blobs a push must upload, and which it may name because its user may read them.</summary>
/// <remarks>Thread-safe. Checks no rights: the caller says which trees may be read.</remarks>
public sealed class PushNegotiation(
    SiteDatabase records, BlobStore blobs, HeadReader heads, DatasetLanes lanes, PushSessions sessions, PushOptions options)
{
    private readonly BlobBloomFilters _bloomFilters = new(heads.Tree);

    /// <summary>
    /// Says which of these blobs the push must upload. The others it may name from now on: it has uploaded them, or they are in the
    /// target or in a parent that its user may read.
    /// </summary>
    /// <param name="session">The push.</param>
    /// <param name="wanted">What the client has.</param>
    /// <param name="readable">The trees whose blobs its user may read: the target's and its parents'.</param>
    public async Task<Result<IReadOnlyList<BlobHash>>> NegotiateAsync(
        SiteSession session, IReadOnlyCollection<BlobHash> wanted, IReadOnlyList<TreeView> readable, CancellationToken ct)
    {
        if (wanted.Count > options.MaxNegotiatedHashes)
        {
            return ErrorCode.TooLarge.With(
                $"{wanted.Count} hashes are too many for one request; the limit is {options.MaxNegotiatedHashes}.");
        }

        Result<Lane> lane = await lanes.ForWritingAsync(session, ct);
        if (!lane.IsOk)
        {
            return lane.Error;
        }

        // The trees first, then the store: a blob that is in no tree costs the same whether it is stored or not.
        HashSet<BlobHash> missing = await NotYetNamedAsync(session, wanted, lane.Value, ct);
        HashSet<BlobHash> found = await FindInAsync(readable, missing, ct);
        HashSet<BlobHash> stored = await StoredAsync(found, lane.Value, ct);
        if (stored.Count > 0)
        {
            Result<IReadOnlyList<BlobHash>> granted = await sessions.GrantAsync(session.Id, [.. stored], ct);
            if (!granted.IsOk)
            {
                return granted.Error;
            }

            missing.ExceptWith(granted.Value);
        }

        return missing.ToList();
    }

    /// <summary>Returns the blobs that the push may name.</summary>
    // In one transaction: taking the database's lock for each hash costs as much as looking it up.
    internal ValueTask<HashSet<BlobHash>> NamedAsync(SiteSession session, IReadOnlyCollection<BlobHash> wanted, CancellationToken ct) =>
        records.ReadConsistentAsync(queries => queries.SessionMayName(session.Id, wanted), ct);

    /// <summary>The blobs that the push has not brought yet, including those that the disk has damaged or lost since.</summary>
    internal async Task<HashSet<BlobHash>> NotYetNamedAsync(
        SiteSession session, IReadOnlyCollection<BlobHash> wanted, Lane lane, CancellationToken ct)
    {
        HashSet<BlobHash> named = await NamedAsync(session, wanted, ct);
        if (named.Count > 0 && (blobs.Bytes.HasDamage || await records.ReadAsync(static queries => queries.HasDropped(), ct)))
        {
            named = await StoredAsync(named, lane, ct);
        }

        var missing = new HashSet<BlobHash>(wanted);
        missing.ExceptWith(named);
        return missing;
    }

    /// <summary>Those that the store has undamaged, in a lane that lasts as long as the dataset.</summary>
    internal async Task<HashSet<BlobHash>> StoredAsync(HashSet<BlobHash> hashes, Lane lane, CancellationToken ct)
    {
        // One query to the records for all that are not a single member: most new blobs are new to the records too.
        BlobHash[] others = [.. hashes.Where(hash => !blobs.IsStoredForGood(MemberKey.Blob(hash)))];
        var stored = new HashSet<BlobHash>(hashes);
        stored.ExceptWith(others);
        foreach (BlobHash large in await records.ReadAsync(queries => queries.LargeBlobsAmong(others), ct))
        {
            if (await blobs.IsStoredForAsync(large, lane, ct))
            {
                stored.Add(large);
            }
        }

        return stored;
    }

    private async Task<HashSet<BlobHash>> FindInAsync(IReadOnlyList<TreeView> readable, HashSet<BlobHash> blobs, CancellationToken ct)
    {
        var found = new HashSet<BlobHash>();
        var wanted = new HashSet<BlobHash>(blobs);
        foreach (TreeView view in readable)
        {
            if (wanted.Count > 0 && await IsWorthAWalkAsync(view, wanted, ct))
            {
                await FindInAsync(view, wanted, found, ct);
            }
        }

        return found;
    }

    /// <summary>Changes over a tree are in no filter.</summary>
    private async ValueTask<bool> IsWorthAWalkAsync(TreeView view, HashSet<BlobHash> wanted, CancellationToken ct) =>
        (view.IsHead && await records.ReadAsync(queries => queries.HasOverlay(view.Dataset.Key), ct))
        || await _bloomFilters.MayContainAsync(view.Dataset.Id, view.Root, wanted, ct);

    private async Task FindInAsync(TreeView view, HashSet<BlobHash> wanted, HashSet<BlobHash> found, CancellationToken ct)
    {
        await foreach (PathEntry file in heads.EnumerateAsync(view, "", ct))
        {
            if (file.Entry.Kind == EntryKind.File && wanted.Remove(file.Entry.Hash))
            {
                found.Add(file.Entry.Hash);
                if (wanted.Count == 0)
                {
                    return;
                }
            }
        }
    }
}
