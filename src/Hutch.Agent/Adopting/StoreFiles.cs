using Hutch.Agent.Publishing;
using Hutch.Agent.Watching;
using Hutch.Disk.Folders;
using Hutch.Model.Annex;

namespace Hutch.Agent.Adopting;

/// <summary>
/// Keeps a dataset of an adopted store in line with the store: new commits are taken, and then keys are registered where they are.
/// </summary>
internal sealed class StoreFiles(
    FolderRecords records, FolderRegistrar registrar, IAdoptedRepositories? repositories, WatchingOptions options, TimeProvider time)
{
    private const int MaxNamed = 5;

    /// <summary>Scans a dataset of a store. False when it is not there.</summary>
    public async Task<Result<bool>> RegisterAsync(FolderSession session, SiteDataset dataset, CancellationToken ct)
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
            // The commits first: they say which keys are dead.
            if (!(await repositories.TakeAsync(dataset.Id, adopted.Repository, ct)).TryGet(
                out IReadOnlyList<string>? said, out HutchError? refusal))
            {
                return refusal;
            }

            session.Dead = await repositories.FindDeadKeysAsync(dataset.Id, session.Dead, ct);
            if (!(await RegisterKeysAsync(session, adopted, dataset, notices, ct)).TryGet(out _, out refusal))
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

    /// <summary>Says which keys were hashed and have other bytes than they say. Null for none.</summary>
    public async Task<string?> FindDamageAsync(SiteDataset dataset, CancellationToken ct)
    {
        IReadOnlyDictionary<string, BlobHash> held = await records.KeysAsync(dataset, ct);
        var damaged = new List<string>();
        int count = 0;
        await foreach (FolderStamp file in records.FilesAsync(dataset, ct))
        {
            string text = NameIn(file.Path);
            if (file.IsHashed && KeyName.Parse(text) is { } key && (!held.TryGetValue(key.Name, out BlobHash hash) || hash != file.Name))
            {
                damaged.AddRange(count++ < MaxNamed ? [Display.Quote(text)] : []);
            }
        }

        return count == 0
            ? null
            : $"Keys that have other bytes than they say, and are not served: {count}, such as {string.Join(", ", damaged)}"
                + (count > MaxNamed ? ", …." : ".");
    }

    private static FolderScanResult Nothing => new([], [], [], 0, new HashSet<string>(), 0, 0, 0, NextScan.OnChange, TimeSpan.Zero);

    private async Task<Result<Done>> RegisterKeysAsync(
        FolderSession session, AdoptedFolder adopted, SiteDataset dataset, List<string> notices, CancellationToken ct)
    {
        long begun = time.GetTimestamp();
        var present = new Dictionary<DatasetPath, StoredKeyFile>();
        var counter = new OmissionCounter();
        var walk = new StoreKeyWalk(adopted, options.MaxFilesPerFolder, counter);
        int dead = 0;
        await Task.Run(() => walk.Run(Add, ct), ct);
        if (dead > 0)
        {
            notices.Add($"Keys that git-annex calls dead, and that are left out: {dead}.");
        }

        IReadOnlyList<AdoptionOmission> omissions = counter.ToList();
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
            : await RegisterAsync(session, dataset, present, mayBeEmpty: dead > 0, ct);

        void Add(StoredKeyFile file)
        {
            if (session.Dead?.Names.Contains(file.Key.Name) == true)
            {
                dead++;
            }
            else
            {
                present[file.Path] = file;
            }
        }
    }

    private static string Describe(AdoptionOmission one) =>
        $"{one.Count} left out: {one.Reason}{(one.Examples is [{ } first, ..] ? $", such as {first}" : "")}.";

    private async Task<Result<Done>> RegisterAsync(
        FolderSession session, SiteDataset dataset, Dictionary<DatasetPath, StoredKeyFile> present, bool mayBeEmpty, CancellationToken ct)
    {
        HashSet<string> names = [.. present.Values.Select(static one => one.Key.Name)];
        var changes = new List<KeyChange>();
        bool isEmpty = present.Count == 0 && !mayBeEmpty;
        await foreach (FolderStamp known in records.FilesAsync(dataset, ct))
        {
            if (present.TryGetValue(known.Path, out StoredKeyFile now))
            {
                if (now.Stamp == known.Stamp)
                {
                    present.Remove(known.Path);
                }
            }
            else if (!session.Result!.IsUnseen(known.Path))
            {
                KeyName? key = KeyName.Parse(NameIn(known.Path));
                changes.Add(new KeyChange(FolderChange.Vanished(known.Path), key is null || names.Contains(key.Name) ? null : key));
            }
        }

        if (isEmpty && changes.Count > 0)
        {
            return ErrorCode.Conflict.With(
                "The store has no keys of the dataset any more, which stay in its record. Is the file system mounted? If it is, delete the "
                + "dataset.");
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

    private static string NameIn(DatasetPath path) => path.Value[(path.Value.LastIndexOf('/') + 1)..];
}
