using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Life.Lifecycle;

/// <summary>The life of a dataset: make, derive, describe, close, trash, restore, purge.</summary>
/// <remarks>Thread-safe. The caller has checked the rights and reserved the names.</remarks>
public sealed class DatasetLifecycle(
    Committer committer, SiteDatabase records, HeadCompactor compactor, LifecycleOptions options, TimeProvider time)
{
    /// <summary>Makes a dataset. The same id again returns the existing one.</summary>
    public async Task<Result<SiteDataset>> CreateAsync(NewDataset wanted, CancellationToken ct)
    {
        if (wanted.Copy && wanted.Parents.Count != 1)
        {
            return ErrorCode.BadRequest.With("Entries can be copied from exactly one parent. Give one parent, or do not copy.");
        }

        return await committer.CommitAsync(context => Create(context, wanted), [], ct);
    }

    /// <summary>Changes the names and the type; null keeps the current value.</summary>
    public Task<Result<SiteDataset>> DescribeAsync(
        DatasetId id, string? owner, string? slug, string? title, string? type, string by, CancellationToken ct) => committer.CommitAsync(
        context => context.Dataset(id).Then(dataset => CheckDescribe(dataset, isNameOnly: title is null && type is null)).Then(_ =>
        {
            context.Emit(new JournalRecord.DatasetDescribed(id, owner, slug, title, type, by));
            return context.Dataset(id);
        }),
        [],
        ct);

    /// <summary>
    /// Allows a rename of an ended dataset, whose name may be wanted for a new one; the record of a purged dataset never changes.
    /// </summary>
    private static Result<SiteDataset> CheckDescribe(SiteDataset dataset, bool isNameOnly) =>
        isNameOnly && dataset.EndedWay != "purged" ? dataset : DatasetState.RequireNotGone(dataset);

    /// <summary>Closes a dataset permanently: compacts once more, then closes at that snapshot. A repetition changes nothing.</summary>
    public async Task<Result<SiteDataset>> CloseAsync(DatasetId id, string by, string? message, CancellationToken ct)
    {
        const int MaxAttempts = 20;
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            SiteDataset? dataset = await records.ReadAsync(queries => queries.Dataset(id), ct);
            if (dataset?.Closed is not null)
            {
                return DatasetState.RequirePresent(dataset);
            }

            if (await records.ReadAsync(queries => FindOpenParent(queries, dataset), ct) is { } open)
            {
                return open;
            }

            if (await records.ReadAsync(queries => FindUnhashed(queries, dataset), ct) is { } unhashed)
            {
                return unhashed;
            }

            Result<SiteSnapshot?> folded = await compactor.CompactAsync(id, new CompactionRequest(SnapshotReason.Close, by, message), ct);
            if (!folded.IsOk)
            {
                return folded.Error;
            }

            Result<SiteDataset?> closed = await committer.CommitAsync(
                context => Close(context, id, by, folded.Value!.Number), [], ct, mayUseReserve: true);
            if (!closed.IsOk)
            {
                return closed.Error;
            }

            if (closed.Value is { } done)
            {
                return done;
            }
        }

        return ErrorCode.Unavailable.With(
            "The dataset changes too fast to be closed. Stop the writers and close it again.");
    }

    public Task<Result<SiteDataset>> TrashAsync(DatasetId id, string by, CancellationToken ct) =>
        TrashAsync(id, by, static (_, _) => null, ct);

    /// <summary>Does the same, but only while its head is compacted and empty; otherwise a conflict.</summary>
    public Task<Result<SiteDataset>> TrashEmptyAsync(DatasetId id, string by, CancellationToken ct) => TrashAsync(
        id,
        by,
        static (context, dataset) => dataset.Root.Page == TreeRoot.Empty.Page && !context.Queries.HasOverlay(dataset.Key)
            ? null
            : ErrorCode.Conflict.With($"Dataset '{dataset.Owner}/{dataset.Slug}' is not empty."),
        ct);

    public Task<Result<SiteDataset>> RestoreAsync(DatasetId id, string by, CancellationToken ct) => committer.CommitAsync(
        context => context.Dataset(id).Then(DatasetState.RequireNotGone).Then(dataset =>
        {
            if (dataset.TrashedUntil is not null)
            {
                context.Emit(new JournalRecord.DatasetRestored(id, by));
            }

            return context.Dataset(id);
        }),
        [],
        ct,
        mayUseReserve: true);

    /// <summary>Checks, inside a commit, if an action on a dataset is allowed; changes nothing.</summary>
    public Task<Result<SiteDataset>> CheckAsync(DatasetId id, Func<SiteDataset, Result<SiteDataset>> check, CancellationToken ct) =>
        committer.CommitAsync(context => context.Dataset(id).Then(check), [], ct, mayUseReserve: true);

    /// <summary>
    /// Ends the bytes of a dataset at once, for data that must go by law. Its record stays; its names, pages and documents go too, once the
    /// collector has rewritten their files. A copy of another site's dataset ends in the same way, here only.
    /// </summary>
    public Task<Result<SiteDataset>> PurgeAsync(DatasetId id, string reason, string by, CancellationToken ct) =>
        PurgeAsync(id, reason, by, isOfTrash: false, ct);

    /// <inheritdoc cref="PurgeAsync(DatasetId, string, string, CancellationToken)"/>
    /// <param name="isOfTrash">True to refuse a dataset that is not in the trash, such as one that was restored in the meantime.</param>
    public Task<Result<SiteDataset>> PurgeAsync(
        DatasetId id, string reason, string by, bool isOfTrash, CancellationToken ct) => committer.CommitAsync(
        context => context.Dataset(id).Then(DatasetState.RequirePurgeable).Then(dataset =>
        {
            if (isOfTrash && dataset is { TrashedUntil: null, Ended: null })
            {
                return DatasetState.NotInTrash($"{dataset.Owner}/{dataset.Slug}");
            }

            if (dataset.EndedWay != "purged")
            {
                if (RelianceRule.FindRefusal(context.Queries, dataset) is { } relied)
                {
                    return relied;
                }

                CloseRule.EndSessions(context, dataset);
                var ended = new JournalRecord.DatasetEnded(id, DatasetEnd.Purged, reason, by);
                if (dataset.Copy is null)
                {
                    context.Emit(ended);
                }
                else
                {
                    context.EmitOfHome(ended);
                }
            }

            return context.Dataset(id);
        }),
        [],
        ct,
        mayUseReserve: true);

    /// <summary>
    /// Ends expired datasets: transient ones past their day, and the trash past its time. A parent of existing datasets keeps its bytes.
    /// </summary>
    public async Task<int> EndWhatIsOverAsync(CancellationToken ct)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (!await records.ReadAsync(queries => queries.DatasetsToEnd(now).Count > 0, ct))
        {
            return 0;
        }

        Result<int> ended = await committer.CommitAsync<int>(
            context =>
            {
                int count = 0;
                foreach (SiteDataset dataset in context.Queries.DatasetsToEnd(context.Now))
                {
                    bool isExpired = dataset.Expires <= context.Now;
                    if (isExpired || !IsNeeded(context.Queries, dataset))
                    {
                        CloseRule.EndSessions(context, dataset);
                        context.Emit(
                            new JournalRecord.DatasetEnded(dataset.Id, isExpired ? DatasetEnd.Expired : DatasetEnd.Trash, null, null));
                        count++;
                    }
                }

                return count;
            },
            [],
            ct,
            mayUseReserve: true);
        return ended.Value;
    }

    public Task<int> EndStaleSessionsAsync(CancellationToken ct) => EndSessionsAsync(time.GetUtcNow().ToUnixTimeMilliseconds(), ct);

    /// <summary>Ends all pushes: their uploads are garbage. For the first start after a restore.</summary>
    public Task<int> EndAllSessionsAsync(CancellationToken ct) => EndSessionsAsync(long.MaxValue, ct);

    private async Task<int> EndSessionsAsync(long now, CancellationToken ct)
    {
        if (!await records.ReadAsync(queries => queries.ExpiredSessions(now).Count > 0, ct))
        {
            return 0;
        }

        Result<int> ended = await committer.CommitAsync<int>(
            context =>
            {
                IReadOnlyList<Guid> expired = context.Queries.ExpiredSessions(now);
                foreach (Guid session in expired)
                {
                    context.Emit(new JournalRecord.SessionEnded(session));
                }

                return expired.Count;
            },
            [],
            ct,
            mayUseReserve: true);
        return ended.Value;
    }

    /// <summary>Makes a dataset as part of a larger decision.</summary>
    public Result<SiteDataset> Create(CommitContext context, NewDataset wanted)
    {
        if (context.Queries.Dataset(wanted.Id) is { } present)
        {
            return present;
        }

        if (FindTooMany(context.Queries, wanted.Owner) is { } many)
        {
            return many;
        }

        bool following = wanted.Following
            || (wanted.FollowsOpenParents && wanted.Parents.Any(parent => context.Queries.Dataset(parent.Dataset) is { Closed: null }));
        var parents = new List<VersionReference>();
        TreeRoot root = TreeRoot.Empty;
        foreach (ParentVersion parent in wanted.Parents)
        {
            Result<(VersionReference Reference, TreeRoot Root)> found = FindParent(context, parent, following);
            if (!found.IsOk)
            {
                return found.Error;
            }

            if (wanted.Copy && context.Dataset(parent.Dataset).Value.Expires is not null)
            {
                return ErrorCode.Unprocessable.With(
                    "The parent is temporary, so its entries cannot be copied by reference. "
                    + "Clone it and push what you want to keep.");
            }

            if (wanted.Copy && context.Dataset(parent.Dataset).Value is { Eviction: { } eviction } away && eviction.IsAway())
            {
                return RelianceRule.FindEvicted(away, null) ?? (ErrorCode.Conflict with
                {
                    Advice = $"`hutch recall {away.Slug}` first, or derive without the entries.",
                }).With($"Other sites hold the bytes of '{away.Owner}/{away.Slug}', so that its entries cannot be copied by reference.");
            }

            parents.Add(found.Value.Reference);
            root = wanted.Copy ? found.Value.Root : root;
        }

        long? expires = wanted.TransientDays is int days
            ? context.Now + (long)TimeSpan.FromDays(days).TotalMilliseconds
            : wanted.ExpiresAt;
        DatasetOrigin origin = following ? DatasetOrigin.Following : parents.Count > 0 ? DatasetOrigin.Derived : DatasetOrigin.Original;
        context.Emit(new JournalRecord.DatasetCreated(
            wanted.Id, wanted.Owner, wanted.Slug, wanted.Title, wanted.Type, origin, wanted.By, parents, TreeReference.From(root), expires,
            SiteDataset.NewestGitRule));
        foreach ((string name, string value) in wanted.Settings)
        {
            context.Emit(new JournalRecord.SettingSet(wanted.Id, name, value, wanted.By));
        }

        Result<SiteDataset> made = context.Dataset(wanted.Id);
        return wanted.Folder is { } location ? made.Then(dataset => location.Give(context, dataset, wanted.By)) : made;
    }

    /// <summary>Returns the refusal if an owner has as many datasets as it may; null otherwise.</summary>
    private HutchError? FindTooMany(SiteQueries queries, string owner)
    {
        long used = queries.DatasetsOf(owner);
        return used < options.MaxDatasetsPerOwner ? null : HutchError.OfQuota(
            $"'{owner}' has {used} datasets at this site, with those in the trash; the limit is {options.MaxDatasetsPerOwner} "
            + "(site.lifecycle.maxDatasetsPerOwner). Purge some, or ask an administrator for a higher limit.",
            owner, "datasets", options.MaxDatasetsPerOwner, used, 1);
    }

    private static Result<(VersionReference, TreeRoot)> FindParent(CommitContext context, ParentVersion parent, bool following)
    {
        if (context.Queries.Dataset(parent.Dataset) is null)
        {
            return (ErrorCode.NotFound with { Advice = "Have it copied here with `hutch replicate`, or use a site that has it." }).With(
                $"The parent {parent.Dataset} has neither its home nor a copy at this site, where a dataset is to be made from it.");
        }

        Result<SiteDataset> usable = following
            ? context.Dataset(parent.Dataset).Then(DatasetState.RequirePresent)
            : context.Dataset(parent.Dataset).Then(DatasetState.RequireClosed);
        if (!usable.TryGet(out SiteDataset? dataset, out HutchError? refusal))
        {
            return refusal;
        }

        if (dataset.Closed is null)
        {
            return (new VersionReference(dataset.Id, null, null), dataset.Root);
        }

        if (parent.At is { } at)
        {
            return HeadReader.FindSnapshot(context.Queries, dataset, at).Then<(VersionReference, TreeRoot)>(
                found => (new VersionReference(dataset.Id, found.Number, found.Root.Page), found.Root));
        }

        SiteSnapshot? snapshot = context.Queries.Snapshot(dataset.Key, dataset.Snapshot!.Value);
        return snapshot is null
            ? ErrorCode.NotFound.With($"Dataset '{dataset.Owner}/{dataset.Slug}' has no such snapshot.")
            : (new VersionReference(dataset.Id, snapshot.Number, snapshot.Root.Page), snapshot.Root);
    }

    /// <summary>Ends a run whose user executes parts: no further one can be written.</summary>
    /// <summary>Returns null when the head was written to after the compaction: compact again.</summary>
    private static Result<SiteDataset?> Close(CommitContext context, DatasetId id, string by, long number)
    {
        if (!context.Dataset(id).Then(DatasetState.RequirePresent).TryGet(out SiteDataset? dataset, out HutchError? refusal))
        {
            return refusal;
        }

        if (dataset.Closed is not null)
        {
            return dataset;
        }

        if (dataset.Snapshot != number || context.Queries.HasOverlay(dataset.Key))
        {
            return (SiteDataset?)null;
        }

        CloseRule.Emit(context, dataset, number, by);
        return context.Dataset(id).Value;
    }

    private static HutchError? FindUnhashed(SiteQueries queries, SiteDataset? dataset) =>
        dataset is { Folder: not null } && queries.CountToHash(dataset.Key) is > 0 and long count
            ? ErrorCode.Unavailable.With(
                $"{count} files of '{dataset.Owner}/{dataset.Slug}' wait to be hashed: a closed dataset names the bytes of each. "
                + "Close it again when that is done.")
            : null;

    private static HutchError? FindOpenParent(SiteQueries queries, SiteDataset? dataset)
    {
        if (dataset is not { Origin: DatasetOrigin.Following })
        {
            return null;
        }

        foreach (VersionReference parent in queries.Parents(dataset.Key))
        {
            if (queries.Dataset(parent.Dataset) is { Closed: null, Ended: null } open)
            {
                return ErrorCode.DatasetOpen.With(
                    $"'{dataset.Owner}/{dataset.Slug}' follows '{open.Owner}/{open.Slug}', which is still open. Close that first.");
            }
        }

        return null;
    }

    /// <summary>Returns true for a closed dataset with living derived datasets, which keeps its bytes.</summary>
    internal static bool IsNeeded(SiteQueries queries, SiteDataset dataset) =>
        dataset.Closed is not null && queries.HasLivingChildren(dataset.Id);

    /// <summary>Does the same, unless it is refused when the commit is decided.</summary>
    internal Task<Result<SiteDataset>> TrashAsync(
        DatasetId id, string by, Func<CommitContext, SiteDataset, HutchError?> refuse, CancellationToken ct) => committer.CommitAsync(
        context => context.Dataset(id).Then(DatasetState.RequireNotGone).Then(dataset =>
        {
            if ((refuse(context, dataset) ?? RelianceRule.FindRefusal(context.Queries, dataset)) is { } refusal)
            {
                return refusal;
            }

            if (dataset.TrashedUntil is null)
            {
                long until = context.Now + (long)TimeSpan.FromDays(options.TrashDays).TotalMilliseconds;
                context.Emit(new JournalRecord.DatasetTrashed(id, until, by));
                CloseRule.EndSessions(context, dataset);
            }

            return context.Dataset(id);
        }),
        [],
        ct,
        mayUseReserve: true);
}
