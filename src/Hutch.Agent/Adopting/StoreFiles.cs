using Hutch.Agent.Publishing;
using Hutch.Agent.Watching;
using Hutch.Disk.Folders;
using Hutch.Model.Annex;

namespace Hutch.Agent.Adopting;

/// <summary>
/// Keeps a dataset of an adopted store in line with the store: keys are registered where they are, and then new commits are taken.
/// </summary>
internal sealed class StoreFiles(
    FolderRecords records, FolderRegistrar registrar, IAdoptedRepositories? repositories, WatchingOptions options, TimeProvider time)
{
    private const int MaxNamed = 5;

    /// <summary>Scans a dataset of a store. False when it is not there.</summary>
    public async Task<Result<bool>> RegisterAsync(
        FolderSession session, FolderScanRequest request, SiteDataset dataset, CancellationToken ct)
    {
        AdoptedFolder adopted = AdoptedFolder.Of(dataset)!;
        if (repositories is null)
        {
            return ErrorCode.Unavailable.With("The door of git and DataLad is closed (dataLad.enabled): the store is not scanned.");
        }

        if (!SmallFile.FolderExists(adopted.Repository))
        {
            return false;
        }

        session.Result = Nothing;
        var notices = new List<string>();
        if (dataset.Closed is null)
        {
            if (SmallFile.FolderExists(request.Folder)
                && !(await RegisterKeysAsync(session, request, dataset, notices, ct)).TryGet(out bool isThere, out HutchError? refusal))
            {
                return refusal;
            }

            if (!(await repositories.TakeAsync(dataset.Id, adopted.Repository, ct)).TryGet(out IReadOnlyList<string>? said, out refusal))
            {
                return refusal;
            }

            notices.AddRange(said);
        }

        session.Result = session.Result with { Problems = [.. session.Result.Problems, .. notices] };
        return true;
    }

    /// <summary>Makes the files whose bytes have been hashed since files of a version.</summary>
    public async Task<Result<Done>> FillAsync(SiteDataset dataset, CancellationToken ct) =>
        repositories is null || dataset.Closed is not null ? Done.Value : await repositories.FillAsync(dataset.Id, ct);

    private static FolderScanResult Nothing => new([], [], [], 0, new HashSet<string>(), 0, 0, 0, NextScan.OnChange, TimeSpan.Zero);

    private async Task<Result<bool>> RegisterKeysAsync(
        FolderSession session, FolderScanRequest request, SiteDataset dataset, List<string> notices, CancellationToken ct)
    {
        var scan = new FolderScan(request.Folder, request.Rule, options, time);
        var present = new Dictionary<DatasetPath, (FolderChange File, KeyName Key)>();
        do
        {
            if (scan.Scan(request, null, ct) is not { } result)
            {
                return false;
            }

            session.Result = result;
            foreach (FolderChange file in result.Changes)
            {
                if (StoreKeys.Read(file).Key is { } key)
                {
                    present[file.Path] = (file, key);
                }
            }
        }
        while (session.Result.Next == NextScan.Now);
        return await RegisterAsync(session, dataset, present, notices, ct);
    }

    private async Task<Result<bool>> RegisterAsync(
        FolderSession session, SiteDataset dataset, Dictionary<DatasetPath, (FolderChange File, KeyName Key)> present,
        List<string> notices, CancellationToken ct)
    {
        HashSet<string> names = [.. present.Values.Select(static one => one.Key.Name)];
        session.Result = session.Result! with { Files = present.Count, Bytes = present.Values.Sum(static one => one.File.Stamp.Size) };
        IReadOnlyDictionary<string, BlobHash> held = await records.KeysAsync(dataset, ct);
        var changes = new List<KeyChange>();
        var damaged = new List<string>();
        bool isEmpty = present.Count == 0;
        await foreach (FolderStamp known in records.FilesAsync(dataset, ct))
        {
            string text = known.Path.Value[(known.Path.Value.LastIndexOf('/') + 1)..];
            KeyName? key = KeyName.Parse(text);
            if (!present.TryGetValue(known.Path, out (FolderChange File, KeyName Key) now))
            {
                if (!session.Result.IsUnseen(known.Path))
                {
                    changes.Add(new KeyChange(FolderChange.Vanished(known.Path), key is null || names.Contains(key.Name) ? null : key));
                }
            }
            else if (now.File.Stamp == known.Stamp)
            {
                present.Remove(known.Path);
                if (known.IsHashed && (!held.TryGetValue(now.Key.Name, out BlobHash hash) || hash != known.Name))
                {
                    damaged.Add(text);
                }
            }
        }

        if (isEmpty && changes.Count > 0)
        {
            return ErrorCode.Conflict.With(
                "The store has no keys of the dataset any more, which stay in its record. Is the file system mounted? If it is, delete the "
                + "dataset.");
        }

        if (damaged.Count > 0)
        {
            notices.Add(
                $"Keys that have other bytes than they say, and are not served: {damaged.Count}, such as "
                + string.Join(", ", damaged.Take(MaxNamed).Select(Display.Quote)) + (damaged.Count > MaxNamed ? ", …" : "") + ".");
        }

        changes.AddRange(present.Values.Select(static one => new KeyChange(one.File, one.Key)));
        foreach (KeyChange[] some in changes.Chunk(KeyRegistrar.MaxChanges))
        {
            Result<Done> registered = await registrar.Keys.RegisterAsync(dataset.Id, some, ct);
            if (!registered.IsOk)
            {
                return registered.Error;
            }
        }

        return true;
    }
}
