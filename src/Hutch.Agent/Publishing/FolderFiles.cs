using Hutch.Agent.Watching;
using Hutch.Site.Write.Heads;

namespace Hutch.Agent.Publishing;

internal sealed class FolderFiles(
    HeadReader heads, FolderRecords records, FolderRegistrar registrar, WatchingOptions options, TimeProvider time)
{
    /// <summary>Scans a folder and registers what has changed. False when the folder is not there.</summary>
    /// <param name="dataset">Its dataset. A closed one is left unchanged; the session notes that the folder differs from it.</param>
    public async Task<Result<bool>> RegisterAsync(
        FolderSession session, FolderScanRequest request, SiteDataset dataset, string? metadataFile, CancellationToken ct)
    {
        bool isFirst = session.Scan is null;
        FolderScan scan = session.Scan ?? new FolderScan(request.Folder, request.Rule, options, time);

        // If this is interrupted, scanned changes may not be registered: the next scan starts from scratch.
        session.Scan = null;
        Result<bool> registered = isFirst
            ? await RegisterAllAsync(session, request, scan, dataset, metadataFile, ct)
            : await RegisterChangesAsync(session, request, scan, dataset, metadataFile, ct);
        session.Scan = registered is { IsOk: true, Value: true } ? scan : null;
        return registered;
    }

    private async Task<Result<bool>> RegisterChangesAsync(
        FolderSession session, FolderScanRequest request, FolderScan scan, SiteDataset dataset, string? metadataFile, CancellationToken ct)
    {
        do
        {
            if (scan.Scan(request, metadataFile, ct) is not { } result)
            {
                return false;
            }

            session.Result = result;
            IReadOnlyList<FolderChange> late = LateOf(session, dataset, result.Changes);
            session.IsAnother |= late.Any(change => change.Entry is not null || !session.HaveFilesLeft);
            Result<Done> registered = await RegisterAsync(dataset, Without(late, result.Changes), ct);
            if (!registered.IsOk)
            {
                return registered.Error;
            }
        }
        while (session.Result.Next == NextScan.Now);
        return true;
    }

    /// <summary>Compares with the dataset: a first scan cannot find the files that vanished before it in any other way.</summary>
    private async Task<Result<bool>> RegisterAllAsync(
        FolderSession session, FolderScanRequest request, FolderScan scan, SiteDataset dataset, string? metadataFile, CancellationToken ct)
    {
        var present = new Dictionary<DatasetPath, FolderChange>();
        do
        {
            if (scan.Scan(request, metadataFile, ct) is not { } result)
            {
                return false;
            }

            session.Result = result;
            foreach (FolderChange change in result.Changes)
            {
                present[change.Path] = change;
            }
        }
        while (session.Result.Next == NextScan.Now);
        bool isEmpty = present.Count == 0;
        Result<IReadOnlyList<FolderChange>> changes = await CompareAsync(session, dataset, metadataFile, present, ct);
        if (changes.IsOk && request.Rule.IsAdopted && isEmpty && changes.Value.Count > 0)
        {
            return ErrorCode.Conflict.With(
                "The folder is empty, and its dataset has files, which stay in its record. Is the file system mounted? If it is, delete "
                + "the dataset.");
        }

        return changes.IsOk
            ? (await RegisterAsync(dataset, Without(LateOf(session, dataset, changes.Value), changes.Value), ct)).Then<bool>(_ => true)
            : changes.Error;
    }

    /// <summary>Reports entries that are not in the folder as vanished, but not unreadable ones. A link in both is no change.</summary>
    private async Task<Result<IReadOnlyList<FolderChange>>> CompareAsync(
        FolderSession session, SiteDataset dataset, string? metadataFile, Dictionary<DatasetPath, FolderChange> present,
        CancellationToken ct)
    {
        Result<TreeView> head = await heads.ResolveAsync(dataset.Id, null, ct);
        if (!head.IsOk)
        {
            return head.Error;
        }

        var vanished = new List<FolderChange>();
        int known = 0;
        await foreach (PathEntry there in heads.EnumerateAsync(head.Value, "", ct))
        {
            if (there.Path.Value == metadataFile)
            {
                continue;
            }

            if (!present.TryGetValue(there.Path, out FolderChange change))
            {
                if (!session.Result!.IsUnseen(there.Path))
                {
                    vanished.Add(FolderChange.Vanished(there.Path));
                }

                continue;
            }

            known++;
            if (change.Entry is { Kind: EntryKind.SymbolicLink } link && link.Equals(there.Entry))
            {
                present.Remove(there.Path);
                known--;
            }
        }

        session.IsAnother = session.Ended is not null && dataset.Closed is null
            ? (vanished.Count > 0 && !session.HaveFilesLeft) || LateOf(session, dataset, [.. present.Values]).Count > 0
            : dataset.Closed is not null && ((vanished.Count > 0 && !session.HaveFilesLeft) || known < present.Count);
        await RemoveUnchangedAsync(dataset, present, ct);
        return Result<IReadOnlyList<FolderChange>>.Ok([.. vanished, .. present.Values]);
    }

    /// <summary>Leaves the committer only files that are new or changed: it would compare millions one by one.</summary>
    private async Task RemoveUnchangedAsync(SiteDataset dataset, Dictionary<DatasetPath, FolderChange> present, CancellationToken ct)
    {
        await foreach (FolderStamp known in records.FilesAsync(dataset, ct))
        {
            if (present.TryGetValue(known.Path, out FolderChange change) && change.Entry is { Kind: EntryKind.File }
                && change.Stamp == known.Stamp)
            {
                present.Remove(known.Path);
            }
        }
    }

    /// <summary>
    /// Returns the changes that a dataset does not take: a closed one none, and one of a visit none after the end of the visit. The time at
    /// which a file changed is that of the file system, which no program can set.
    /// </summary>
    private static IReadOnlyList<FolderChange> LateOf(FolderSession session, SiteDataset dataset, IReadOnlyList<FolderChange> changes)
    {
        if (dataset.Closed is not null)
        {
            return changes;
        }

        if (session.Ended is not { } visit)
        {
            return [];
        }

        long end = visit.End.ToUnixTimeMilliseconds() * Entry.NanosecondsPerMillisecond;
        return [.. changes.Where(change => change.Entry is null || TimeOf(change) > end)];
    }

    private static IReadOnlyList<FolderChange> Without(IReadOnlyList<FolderChange> late, IReadOnlyList<FolderChange> changes) =>
        late.Count == 0 ? changes : [.. changes.Except(late)];

    private static long TimeOf(in FolderChange change) =>
        change.Entry!.Kind == EntryKind.File ? change.Stamp.ChangedNanoseconds : long.MaxValue;

    private async Task<Result<Done>> RegisterAsync(SiteDataset dataset, IReadOnlyList<FolderChange> changes, CancellationToken ct)
    {
        foreach (FolderChange[] some in changes.Chunk(FolderRegistrar.MaxChanges))
        {
            Result<int> registered = await registrar.RegisterAsync(dataset.Id, some, ct);
            if (!registered.IsOk)
            {
                return registered.Error;
            }
        }

        return Done.Value;
    }
}
