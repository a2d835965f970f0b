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
        FolderSession session, SiteDataset dataset, CancellationToken ct)
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
            if (!(await RegisterKeysAsync(session, adopted, dataset, notices, ct)).TryGet(out _, out HutchError? refusal))
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

    private async Task<Result<Done>> RegisterKeysAsync(
        FolderSession session, AdoptedFolder adopted, SiteDataset dataset, List<string> notices, CancellationToken ct)
    {
        long begun = time.GetTimestamp();
        var present = new Dictionary<DatasetPath, StoredKeyFile>();
        var walk = new StoreKeyWalk(adopted, options.MaxFilesPerFolder);
        await Task.Run(() => walk.Run(key => present[key.Path] = key, ct), ct);
        IReadOnlyList<AdoptionOmission> omissions = walk.Omissions.ToList();
        session.Result = Nothing with
        {
            Files = present.Count,
            Bytes = present.Values.Sum(static one => one.Stamp.Size),
            Problems = [.. omissions.Take(MaxNamed).Select(Describe)],
            ProblemCount = omissions.Count,
            Unseen = walk.Unseen,
            Elapsed = time.GetElapsedTime(begun),
        };
        return walk.IsTooLarge
            ? ErrorCode.Unprocessable.With(
                $"{Display.Quote(adopted.Repository)} has more than {options.MaxFilesPerFolder} keys "
                + "(agent.watching.maxFilesPerFolder). Raise the limit.")
            : await RegisterAsync(session, dataset, present, notices, ct);
    }

    private static string Describe(AdoptionOmission one) =>
        $"{one.Count} left out: {one.Reason}{(one.Examples is [{ } first, ..] ? $", such as {first}" : "")}.";

    private async Task<Result<Done>> RegisterAsync(
        FolderSession session, SiteDataset dataset, Dictionary<DatasetPath, StoredKeyFile> present,
        List<string> notices, CancellationToken ct)
    {
        HashSet<string> names = [.. present.Values.Select(static one => one.Key.Name)];
        IReadOnlyDictionary<string, BlobHash> held = await records.KeysAsync(dataset, ct);
        var changes = new List<KeyChange>();
        var damaged = new List<string>();
        bool isEmpty = present.Count == 0;
        await foreach (FolderStamp known in records.FilesAsync(dataset, ct))
        {
            string text = known.Path.Value[(known.Path.Value.LastIndexOf('/') + 1)..];
            KeyName? key = KeyName.Parse(text);
            if (!present.TryGetValue(known.Path, out StoredKeyFile now))
            {
                if (!session.Result!.IsUnseen(known.Path))
                {
                    changes.Add(new KeyChange(FolderChange.Vanished(known.Path), key is null || names.Contains(key.Name) ? null : key));
                }
            }
            else if (now.Stamp == known.Stamp)
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

        changes.AddRange(present.Values.Select(static one => new KeyChange(one.Change, one.Key)));
        foreach (KeyChange[] some in changes.Chunk(KeyRegistrar.MaxChanges))
        {
            Result<Done> registered = await registrar.Keys.RegisterAsync(dataset.Id, some, ct);
            if (!registered.IsOk)
            {
                return registered.Error;
            }
        }

        return Done.Value;
    }
}
