using Hutch.Site.Replication.Copies;
using Hutch.Zone.Names;

namespace Hutch.Datasets.Registry;

/// <summary>Finds the parent versions of a new dataset, for callers with the right to derive from them.</summary>
internal sealed class ParentFinder(
    Authorizer authorizer, DatasetNames names, HeadReader heads, CopyFreshness freshness, SiteRegistry sites, TimeProvider time)
{
    /// <summary>For so long a copy may take to follow what the caller has written through this site.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>All of them, in order; a refusal when one is not there, or the caller may not derive from it.</summary>
    public async Task<Result<IReadOnlyList<ParentVersion>>> FindAsync(
        Caller caller, IReadOnlyList<DatasetRef> wanted, CancellationToken ct)
    {
        var parents = new List<ParentVersion>();
        foreach (DatasetRef parent in wanted)
        {
            Result<ParentVersion> found = await FindAsync(caller, parent, ct);
            if (!found.IsOk)
            {
                return found.Error;
            }

            parents.Add(found.Value);
        }

        return parents;
    }

    private async Task<Result<ParentVersion>> FindAsync(Caller caller, DatasetRef wanted, CancellationToken ct)
    {
        if (!(await names.ResolveAsync(caller, wanted, ct)).TryGet(out Access seen, out HutchError? refusal)
            || !(await authorizer.AuthorizeAsync(caller, seen.Dataset.Dataset, Operation.DatasetDerive, ct))
                .TryGet(out Access _, out refusal))
        {
            return refusal;
        }

        Result<SiteDataset> here = await heads.DatasetAsync(seen.Dataset.Dataset, ct);
        if (!here.IsOk || IsReleased(here.Value, seen.Dataset))
        {
            return NotHere(seen.Dataset);
        }

        if (await FollowAsync(caller, seen.Dataset, here.Value, ct) is { } behind)
        {
            return behind;
        }

        if (wanted.Snapshot is not null)
        {
            Result<TreeView> exists = await heads.ResolveAsync(seen.Dataset.Dataset, wanted.Snapshot, ct);
            if (!exists.IsOk)
            {
                return exists.Error;
            }
        }

        return new ParentVersion(seen.Dataset.Dataset, wanted.Snapshot);
    }

    /// <summary>A copy that is in the trash here, or has ended, while its home has the dataset is none of this site any more.</summary>
    private static bool IsReleased(SiteDataset here, NameRecord parent) =>
        here is { Copy: not null } and ({ TrashedUntil: not null } or { Ended: not null }) && !parent.Home.IsOver;

    private static HutchError NotHere(NameRecord parent) => (ErrorCode.NotFound with
    {
        Advice = $"At the zone, have it copied here: `hutch replicate {parent.FullName} --to SITE`; or use a site that has it.",
    }).With($"{parent.FullName} has neither its home nor a copy at this site, where a dataset is to be made from it.");

    /// <summary>
    /// Waits for a copy that lacks changes of the caller through this site: a program that closes a dataset may derive from it next.
    /// </summary>
    private async Task<HutchError?> FollowAsync(Caller caller, NameRecord parent, SiteDataset here, CancellationToken ct)
    {
        if (caller.User is not { } user || here is not { Copy: not null, TrashedUntil: null, Ended: null })
        {
            return null;
        }

        if (!sites.IsEmbedded)
        {
            return await UntilClosedAsync(here, freshness.WrittenBy(user.Id, parent.Dataset) > 0, ct);
        }

        using var timeout = new CancellationTokenSource(RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            await freshness.FollowAsync(user.Id, parent.Dataset, either.Token);
            return null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (ErrorCode.Unavailable with { Advice = "Try again: the copy is updated automatically." }).With(
                $"The copy of {parent.FullName} at this site does not have your last changes yet, from which a dataset is to be made.");
        }
    }

    /// <summary>
    /// Waits for the close of a copy that another server of the site may bring. A closed copy has everything, and an open one may be about
    /// to close: later checks report an incomplete copy.
    /// </summary>
    private async Task<HutchError?> UntilClosedAsync(SiteDataset copy, bool hasWritten, CancellationToken ct)
    {
        long since = time.GetTimestamp();
        while (hasWritten && copy.Closed is null && time.GetElapsedTime(since) < RequestTimeout)
        {
            await Task.Delay(LookEvery, time, ct);
            if (!(await heads.DatasetAsync(copy.Id, ct)).TryGet(out SiteDataset? now, out HutchError? gone))
            {
                return gone;
            }

            copy = now;
        }

        return null;
    }
}
