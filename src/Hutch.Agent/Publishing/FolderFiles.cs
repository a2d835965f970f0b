using Hutch.Agent.Watching;
using Hutch.Site.Write.Heads;

namespace Hutch.Agent.Publishing;

internal sealed class FolderFiles(HeadReader heads, FolderRegistrar registrar, WatchingOptions options, TimeProvider time)
{
    /// <param name="dataset">Its dataset. A closed one is left unchanged; the session notes that the folder differs from it.</param>
    public async Task<Result<bool>> RegisterAsync(
        FolderSession session, FolderScanRequest request, SiteDataset dataset, string metadataFile, CancellationToken ct)
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
        FolderSession session, FolderScanRequest request, FolderScan scan, SiteDataset dataset, string metadataFile, CancellationToken ct)
    {
        do
        {
            if (scan.Scan(request, metadataFile, ct) is not { } result)
            {
                return false;
            }

            session.Result = result;
            session.IsAnother |=
                dataset.Closed is not null && result.Changes.Any(change => change.Entry is not null || !session.HaveFilesLeft);
            Result<Done> registered = await RegisterAsync(dataset, result.Changes, ct);
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
        FolderSession session, FolderScanRequest request, FolderScan scan, SiteDataset dataset, string metadataFile, CancellationToken ct)
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
        Result<IReadOnlyList<FolderChange>> changes = await CompareAsync(session, dataset, metadataFile, present, ct);
        return changes.IsOk
            ? (await RegisterAsync(dataset, changes.Value, ct)).Then<bool>(_ => true)
            : changes.Error;
    }

    /// <summary>Reports entries that are not in the folder as vanished, but not unreadable ones. A link in both is no change.</summary>
    private async Task<Result<IReadOnlyList<FolderChange>>> CompareAsync(
        FolderSession session, SiteDataset dataset, string metadataFile, Dictionary<DatasetPath, FolderChange> present,
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

        session.IsAnother = dataset.Closed is not null && ((vanished.Count > 0 && !session.HaveFilesLeft) || known < present.Count);
        return Result<IReadOnlyList<FolderChange>>.Ok([.. vanished, .. present.Values]);
    }

    private async Task<Result<Done>> RegisterAsync(SiteDataset dataset, IReadOnlyList<FolderChange> changes, CancellationToken ct)
    {
        if (dataset.Closed is not null)
        {
            return Done.Value;
        }

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
