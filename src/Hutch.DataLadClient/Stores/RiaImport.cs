using System.Collections.Concurrent;
using Hutch.Client.Transfers;
using Hutch.Model.Annex;

namespace Hutch.DataLadClient.Stores;

/// <summary>
/// Imports a dataset of a RIA store into a server, through the public interfaces: content key by key, then git. Existing content is
/// not sent again, so that running it again resumes an import and adds new content.
/// </summary>
/// <param name="owner">The owner of the imported datasets: no others are written to.</param>
public sealed class RiaImport(
    HutchClient server, IReadOnlyList<(string, string)> settings, string owner, string scratch, ITransferProgress progress,
    TimeProvider time) : IDisposable
{
    private const int Asked = 8;
    private const int Sent = 4;
    private const int MaxNames = 100;

    private readonly HttpClient _web = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ConcurrentQueue<string> _problems = new();

    /// <summary>The subdatasets of the dataset that was imported last.</summary>
    public IReadOnlyList<(DatasetId Id, string Path)> Subdatasets { get; private set; } = [];

    /// <summary>Converts a problem to text for the user, with the name of the store instead of its mount point.</summary>
    public Func<string, string> Shown { get; set; } = static problem => problem;

    /// <summary>Notes something that could not be imported; the import continues.</summary>
    public void Report(string problem) => _problems.Enqueue(Shown(problem));

    /// <summary>Imports a dataset. The answer names the parts that could not be imported.</summary>
    /// <param name="slug">The slug of a new dataset, if it does not exist yet.</param>
    public async Task<ImportLine> RunAsync(RiaDataset found, string slug, CancellationToken ct)
    {
        var line = new ImportLine { Id = found.Id, Dataset = $"{owner}/{slug}" };
        Subdatasets = [];
        string folder = Directory.CreateDirectory(Path.Combine(scratch, found.Id.ToString())).FullName;
        try
        {
            line = await RunAsync(found, line, folder, ct);
        }
        catch (Exception e) when (IsOfDataset(e))
        {
            Report(e.Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        string[] problems = [.. _problems];
        _problems.Clear();
        return line with { Problems = problems };
    }

    /// <summary>Returns true if a failure concerns one dataset alone, so that the import of the others can continue.</summary>
    private static bool IsOfDataset(Exception failure) => failure is IOException or UnauthorizedAccessException
        || (failure is HutchException { Error.Code: { } code } && code != ErrorCode.Unauthenticated && code != ErrorCode.Unavailable);

    private async Task<ImportLine> RunAsync(RiaDataset found, ImportLine line, string folder, CancellationToken ct)
    {
        if (Path.IsPathRooted(found.Address))
        {
            ClosedRepository.Check(found.Address);
        }

        ForeignRepository git = await ForeignRepository.FetchAsync(found.Address, Path.Combine(folder, "git"), settings, ct);
        Subdatasets = await git.SubdatasetsAsync(ct);
        DatasetInfo dataset = await FindOrMakeAsync(found.Id, line.Dataset, ct);
        var held = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        int sent = 0;
        foreach (IKeySource source in await SourcesAsync(found, git, folder, ct))
        {
            sent += await SendAsync(dataset.Id, source, held, ct);
        }

        await git.RecordAsync(found.Id, [.. held.Keys], ct);
        try
        {
            await git.PushAsync(server.RepositoryOf(dataset.Id).ToString(), ct);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Unprocessable)
        {
            Report(e.Message);
        }

        return line with { Dataset = dataset.Name, Sent = sent, Present = held.Count - sent };
    }

    public async Task<DatasetId> FindIdAsync(string address, CancellationToken ct)
    {
        string folder = Path.Combine(scratch, "unknown");
        ForeignRepository git = await ForeignRepository.FetchAsync(address, folder, settings, ct);
        DatasetId? id = await git.IdAsync(ct);
        Directory.Delete(folder, recursive: true);
        return id ?? throw ErrorCode.Unprocessable.With(
            $"{Display.Quote(address)} does not say which DataLad dataset it is. Name it by #ID.").ToException();
    }

    public void Dispose() => _web.Dispose();

    private async Task<IKeySource[]> SourcesAsync(RiaDataset found, ForeignRepository git, string folder, CancellationToken ct)
    {
        var copies = Scratch.In(folder);
        return Uri.TryCreate(found.Address, UriKind.Absolute, out Uri? address) && !address.IsFile
            ? [new WebKeys(_web, address, await git.KeysAsync(ct), copies, time, Report)]
            : [
                new FolderKeys(Path.Combine(found.Address, "annex", "objects"), Report),
                new ArchiveKeys(Path.Combine(found.Address, "archives", "archive.7z"), copies, Report),
            ];
    }

    private async Task<DatasetInfo> FindOrMakeAsync(DatasetId id, string name, CancellationToken ct)
    {
        DatasetInfo there;
        try
        {
            there = await server.GetDatasetAsync(id, ct);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound)
        {
            return await MakeAsync(id, name, 1, ct);
        }

        // A store chooses its own ids. It must not reach another owner's dataset here, even if the caller may write to that dataset.
        return there.Owner == owner
            ? there
            : throw ErrorCode.Conflict.With(
                $"{id} is the dataset {there.Name} here, which does not belong to {owner}: nothing was imported. "
                + $"If it is the same dataset, run this again with `--owner {there.Owner}`.").ToException();
    }

    private async Task<DatasetInfo> MakeAsync(DatasetId id, string name, int number, CancellationToken ct)
    {
        string numbered = number == 1 ? name : $"{name}-{number}";
        try
        {
            DatasetInfo made = await server.CreateDatasetAsync(new CreateDataset { Id = id, Name = numbered }, ct);
            if (number > 1)
            {
                Report($"There is another dataset called {name} already: this one is called {made.Name}. `hutch rename` changes that.");
            }

            return made;
        }
        catch (HutchException e) when (
            e.Error.Code == ErrorCode.AlreadyExists && e.Error.Details?.ContainsKey("name") == true && number < MaxNames)
        {
            return await MakeAsync(id, name, number + 1, ct);
        }
    }

    private async Task<int> SendAsync(
        DatasetId dataset, IKeySource source, ConcurrentDictionary<string, bool> held, CancellationToken ct)
    {
        var missing = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        string[] listed = [.. (await source.ListAsync(ct)).Where(key => !held.ContainsKey(key) && CanBeStored(key))];
        await Parallel.ForEachAsync(listed, Options(Asked, ct), async (key, stop) =>
            (await server.HasKeyAsync(dataset, key, stop) ? held : missing)[key] = true);
        int sent = 0;
        progress.Start("Importing", missing.Count, null);
        IAsyncEnumerable<KeyFile> files = source.ReadAsync(missing.Keys.ToHashSet(StringComparer.Ordinal), ct);
        await Parallel.ForEachAsync(files, Options(Sent, ct), async (file, stop) =>
        {
            if (await SendAsync(dataset, file, stop))
            {
                held[file.Key] = true;
                Interlocked.Increment(ref sent);
            }
        });
        return sent;
    }

    /// <summary>
    /// Returns true if the server can check content against a key. Content that it would refuse is neither unpacked nor fetched.
    /// </summary>
    private bool CanBeStored(string key)
    {
        HutchError? refusal = KeyDigest.FindRefusal(KeyName.Parse(key)!);
        if (refusal is not null)
        {
            Report(refusal.Message);
        }

        return refusal is null;
    }

    /// <summary>Sends a key; false when the content is not what the key says, which is noted.</summary>
    private async Task<bool> SendAsync(DatasetId dataset, KeyFile file, CancellationToken ct)
    {
        try
        {
            await server.PutKeyAsync(dataset, file.Key, file.Path, progress, ct);
            progress.Add(1, 0);
            return true;
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.DigestMismatch || e.Error.Code == ErrorCode.Unprocessable)
        {
            Report(e.Message);
            return false;
        }
        finally
        {
            if (file.IsCopy)
            {
                File.Delete(file.Path);
            }
        }
    }

    private static ParallelOptions Options(int atOnce, CancellationToken ct) =>
        new() { MaxDegreeOfParallelism = atOnce, CancellationToken = ct };
}

public sealed record ImportLine
{
    public required DatasetId Id { get; init; }

    public required string Dataset { get; init; }

    public int Sent { get; init; }

    /// <summary>Keys whose content was here already.</summary>
    public int Present { get; init; }

    /// <summary>The parts that could not be imported, with reasons.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
