using Hutch.Site.Replication.Copies;

namespace Hutch.Datasets.Replication.Sites;

/// <summary>
/// Chooses where a dataset is read: here, when this site is its home or has a copy, or through its home. Every door asks it before a read.
/// </summary>
public sealed class ReadRouter
{
    private readonly Authorizer _authorizer;
    private readonly HeadReader _heads;
    private readonly CopyFreshness _freshness;
    private readonly SiteRegistry _sites;
    private readonly IReadThrough? _others;

    internal ReadRouter(
        DatasetReader own, Authorizer authorizer, HeadReader heads, CopyFreshness freshness, SiteRegistry sites, IReadThrough? others) =>
        (Own, _authorizer, _heads, _freshness, _sites, _others) = (own, authorizer, heads, freshness, sites, others);

    public DatasetReader Own { get; }

    /// <summary>
    /// Finds a reader for a version of a dataset, at least as new as the caller's writes through this site. The reader refuses callers
    /// without the right to view it.
    /// </summary>
    public async ValueTask<Result<ReadRoute>> FindAsync(Caller caller, DatasetId dataset, SnapshotRef? at, CancellationToken ct)
    {
        var here = new ReadRoute(Own, null);
        if (_others is null || caller.IsRemembered)
        {
            return here;
        }

        SiteDataset? found = await _heads.DatasetAsync(dataset, ct) is { IsOk: true, Value: { Ended: null } one } ? one : null;
        if (found is { Copy: null })
        {
            return here;
        }

        bool isTrashed = found?.TrashedUntil is not null;
        FreshnessQuery asked = _freshness.QuestionOf(dataset);
        long written = caller.User is { } user ? _freshness.WrittenBy(user.Id, dataset) : 0;
        if (found is not null && !isTrashed)
        {
            here = here with { Age = IsFixed(at) || found.Closed is not null ? null : await AgeOfAsync(found, asked, ct) };
            if (_sites.IsEmbedded && asked.Moment > Math.Max(written, _freshness.Forgotten))
            {
                return here;
            }
        }

        Result<Access> access = await _authorizer.LocateAsync(caller, dataset, ct);
        if (!access.IsOk || access.Value.Dataset.Home.SiteId == _sites.OwnId)
        {
            return here;
        }

        // A caller with the right to write may have written, even if the record of that is lost.
        bool mayHaveWritten = written > 0 || (access.Value.Rights & (Rights.Write | Rights.Manage)) != 0;
        if (found is not null && !isTrashed && !mayHaveWritten)
        {
            return here;
        }

        if (CheckNotEnded(access.Value.Dataset) is { } over)
        {
            return isTrashed ? here : over;
        }

        // Writes through another server of this site are not known at this one: the home is asked now.
        long newerThan = !mayHaveWritten ? -1
            : found is null || _sites.IsEmbedded ? Math.Max(written, _freshness.Forgotten)
            : _freshness.BeginQuery().Moment;
        if (found is null || isTrashed)
        {
            return await _others.OpenAsync(caller, access.Value.Dataset, at, newerThan, ct);
        }

        // The home is asked for a version that is here, too: it may have been deleted with all others.
        bool isHere = IsFixed(at) && (await _heads.ResolveAsync(dataset, at, ct)).IsOk;
        Result<ReadRoute> there = await _others.OpenAsync(caller, access.Value.Dataset, null, newerThan, ct);
        bool isAway = there.Error?.Code == ErrorCode.Unavailable;
        return (isHere && (there.IsOk || isAway)) || (isAway && written == 0) ? here : there;
    }

    /// <summary>Returns true if a version never changes.</summary>
    public static bool IsFixed(SnapshotRef? at) => at?.Kind is SnapshotRefKind.Number or SnapshotRefKind.HashPrefix;

    /// <summary>
    /// Returns the age of a copy; if its home was not asked since the start of the server, not older than its newest version.
    /// </summary>
    private async ValueTask<TimeSpan> AgeOfAsync(SiteDataset copy, FreshnessQuery asked, CancellationToken ct)
    {
        if (asked.WasAsked)
        {
            return _freshness.AgeOf(asked);
        }

        SnapshotRef? newest = copy.Snapshot is { } number ? SnapshotRef.OfNumber((int)number) : null;
        Result<TreeView> version = await _heads.ResolveAsync(copy.Id, newest, ct);
        return _freshness.AgeOf(version is { IsOk: true, Value.Snapshot: { } snapshot } ? snapshot.Time : copy.Created);
    }

    /// <summary>
    /// Refuses reads of a dataset that its home has deleted, at every site, also of versions that were read before; null while it exists.
    /// </summary>
    public static HutchError? CheckNotEnded(NameRecord name) =>
        name.Home.EndedAt is not null ? ErrorCode.Gone.With($"Dataset '{name.FullName}' was deleted, and its bytes have ended at its home.")
        : name.Home.TrashedUntil is { } until ? DatasetState.InTrash(name.FullName, until)
        : null;
}
