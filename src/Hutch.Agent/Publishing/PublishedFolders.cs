using Hutch.Agent.Retention;
using Hutch.Agent.Retention.Eviction;
using Hutch.Agent.Watching;
using Hutch.Agent.Writing;
using Hutch.Site.Write.Heads;

namespace Hutch.Agent.Publishing;

internal sealed class PublishedFolders(
    FolderSessions sessions, FolderQueue queue, HeadReader heads, FolderRecords records, WatchingOptions options, TimeProvider time)
    : IPublishedFolders
{
    private const int FilesAtOnce = 1000;

    public IReadOnlyList<PublishedFolder> All() => [.. sessions.Sessions.Select(session => session.Retained).OfType<PublishedFolder>()];

    public PublishedFolder? Find(DatasetId dataset) =>
        sessions.Sessions.Select(session => session.Retained).FirstOrDefault(folder => folder?.Dataset == dataset);

    public async Task<FolderContents> InspectAsync(PublishedFolder folder, CancellationToken ct)
    {
        Result<SiteDataset> found = await heads.DatasetAsync(folder.Dataset, ct);
        if (!found.TryGet(out SiteDataset? dataset, out _) || dataset.Folder != folder.Folder)
        {
            return new FolderContents(IsClosed: false, 0, null, HasChanged: true);
        }

        long unhashed = await records.CountToHashAsync(dataset, ct);
        BlobHash? snapshot = dataset.Snapshot is null ? null : dataset.Root.Page;
        bool isSame = unhashed == 0 && snapshot is not null && await IsRecordedAsync(folder, dataset, ct);
        return new FolderContents(dataset.Closed is not null, unhashed, snapshot, HasChanged: !isSame);
    }

    /// <remarks>
    /// The record that sites hold the dataset is read again before each part: it permits the removal. Files that are not yet removed when a
    /// recall begins may stay.
    /// </remarks>
    public async Task<RemovedFiles> RemoveAsync(PublishedFolder folder, Func<Task> begin, CancellationToken ct)
    {
        var removal = new FolderRemoval(folder.Folder);
        SiteDataset dataset = await FindEvictedAsync(folder, ct);
        await begin();
        await foreach (FolderStamp[] files in records.FilesAsync(dataset, ct).Chunk(FilesAtOnce))
        {
            await FindEvictedAsync(folder, ct);
            await Task.Run(() => removal.Remove(files), ct);
        }

        await Task.Run(removal.RemoveEmptyFolders, ct);
        return removal.Done;
    }

    public async Task<RemovedFiles> RemoveFilesAsync(PublishedFolder folder, CancellationToken ct)
    {
        var removal = new FolderRemoval(folder.Folder);
        SiteDataset dataset = (await heads.DatasetAsync(folder.Dataset, ct)).Value;
        await foreach (FolderStamp[] files in records.FilesAsync(dataset, ct).Chunk(FilesAtOnce))
        {
            await Task.Run(() => removal.RestoreNames(files), ct);
        }

        return removal.Done;
    }

    public void Announce(PublishedFolder folder)
    {
        if (sessions.Find(folder.Folder) is { } session)
        {
            session.MustBeginAnew = true;
            queue.Add(session.Request with { Reasons = ScanReasons.Requested });
        }
    }

    private async Task<SiteDataset> FindEvictedAsync(PublishedFolder folder, CancellationToken ct)
    {
        Result<SiteDataset> found = await heads.DatasetAsync(folder.Dataset, ct);
        return found.TryGet(out SiteDataset? dataset, out HutchError? refusal)
            && dataset is { Eviction.State: EvictionState.Evicted, TrashedUntil: null, Ended: null } && dataset.Folder == folder.Folder
            ? dataset
            : throw (refusal ?? ErrorCode.Conflict.With("other sites do not hold the files of the folder any more")).ToException();
    }

    /// <summary>
    /// Returns true if each file is unchanged since its registration, and every registered file exists. A head with changes over its
    /// snapshot is another version; changes of a closed dataset are not.
    /// </summary>
    private async Task<bool> IsRecordedAsync(PublishedFolder folder, SiteDataset dataset, CancellationToken ct)
    {
        if (sessions.Find(folder.Folder)?.Published?.Plan.MetadataFile is not { } metadataFile)
        {
            return false; // It is being looked at anew.
        }

        Dictionary<DatasetPath, FileStamp> present = [];
        var scan = new FolderScan(folder.Folder, folder.Rule, options, time);
        var request = new FolderScanRequest(folder.Folder, folder.Rule) { Reasons = ScanReasons.Round };
        FolderScanResult? result;
        do
        {
            result = scan.Scan(request, metadataFile, ct);
            foreach (FolderChange change in result?.Changes ?? [])
            {
                if (change.Entry is { Kind: EntryKind.File })
                {
                    present[change.Path] = change.Stamp;
                }
            }
        }
        while (result?.Next == NextScan.Now);
        if (result is not { ProblemCount: 0 })
        {
            return false;
        }

        await foreach (FolderStamp file in records.FilesAsync(dataset, ct))
        {
            if (!present.Remove(file.Path, out FileStamp stamp) || stamp != file.Stamp)
            {
                return false;
            }
        }

        return present.Count == 0;
    }
}
