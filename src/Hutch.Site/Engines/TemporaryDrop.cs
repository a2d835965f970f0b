using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Engines;

/// <summary>The records in the log that precede the deletion of temporary data, for every engine.</summary>
public sealed class TemporaryDrop(EngineSite site)
{
    /// <summary>Forgets the large blobs in lanes whose day is over. Returns those lanes, whose bytes may go.</summary>
    public async Task<IReadOnlyList<Lane>> EndAsync(IEnumerable<Lane> lanes, CancellationToken ct)
    {
        if (!site.Clock.TryNow(out long now))
        {
            return [];
        }

        List<Lane> over = [.. lanes.Where(lane => DatasetLane.EndOf(lane) <= now)];
        if (over.Count > 0)
        {
            (await site.Committer.CommitAsync<Done>(context => ForgetOver(context, now), [], ct, mayUseReserve: true)).Require();
        }

        return over;
    }

    /// <summary>
    /// Records the deletion of a portion, and forgets the large blobs that are incomplete without it. One that was announced before a stop
    /// is not counted again.
    /// </summary>
    /// <returns>The deleted data; null when something in it is being kept.</returns>
    public async Task<EarlyExpired?> AnnounceAsync(TemporaryPortion portion, CancellationToken ct)
    {
        Result<EarlyExpired?> announced = await site.Committer.CommitAsync(
            context => Announce(context, portion), [], ct, mayUseReserve: true);
        return announced.Value;
    }

    private static Result<Done> ForgetOver(CommitContext context, long now)
    {
        foreach (BlobHash hash in context.Queries.ExpiredBlobs(now))
        {
            context.Emit(new JournalRecord.BlobForgotten(hash));
        }

        return Done.Value;
    }

    private Result<EarlyExpired?> Announce(CommitContext context, TemporaryPortion portion)
    {
        List<BlobHash> large = LargeIn(context.Queries, portion.Extents);
        if (site.Kept.AnyOf(context, [.. portion.Small, .. large]))
        {
            return (EarlyExpired?)null;
        }

        foreach (BlobHash hash in large)
        {
            context.Emit(new JournalRecord.BlobForgotten(hash));
        }

        if (context.Queries.IsDropped(portion.Number))
        {
            return new EarlyExpired(0, 0);
        }

        var made = new EarlyExpired(portion.Small.Count + large.Count, portion.Bytes);
        context.Emit(new JournalRecord.TemporaryDropped(portion.Number, portion.Until, made.Files, made.Bytes));
        return made;
    }

    /// <summary>Returns the large blobs that are incomplete without these extents.</summary>
    private static List<BlobHash> LargeIn(SiteQueries queries, IReadOnlySet<MemberKey> extents) =>
    [
        .. extents.Select(static extent => extent.Upload).Distinct().SelectMany(queries.TemporaryBlobsOf).Distinct()
            .Where(hash => queries.LargeBlob(hash) is { } large
                && ExtentKeys.From(large).Any(extents.Contains)),
    ];
}

/// <summary>Temporary data that is deleted at once.</summary>
/// <param name="Number">Its number in the log: that of a segment or pack, or another unique one.</param>
/// <param name="Until">The last day on which the data was wanted.</param>
/// <param name="Small">The small blobs that are not stored elsewhere.</param>
public sealed record TemporaryPortion(
    long Number, DateOnly Until, long Bytes, IReadOnlyCollection<BlobHash> Small, IReadOnlySet<MemberKey> Extents);
