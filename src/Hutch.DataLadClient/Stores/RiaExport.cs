using Hutch.Client.Transfers;
using Hutch.Model.Annex;

namespace Hutch.DataLadClient.Stores;

/// <summary>Writes a dataset into a RIA store in a folder, in DataLad's layout: readable without Hutch. Fetches only new content.</summary>
public sealed class RiaExport(HutchClient server, IReadOnlyList<(string, string)> settings, string store, ITransferProgress progress)
{
    private const int Fetched = 4;
    private const string ObjectLayout = "2\n";
    private const string Objects = "annex/objects";

    /// <summary>Makes the store, where it is not there.</summary>
    public void Begin()
    {
        Directory.CreateDirectory(Path.Combine(store, RiaLayout.AliasFolder));
        Directory.CreateDirectory(Path.Combine(store, "error_logs"));
        string layout = Path.Combine(store, RiaLayout.VersionFile);
        if (!File.Exists(layout))
        {
            File.WriteAllText(layout, RiaLayout.StoreVersion + "\n");
        }
    }

    /// <param name="isArchived">Whether the content goes into one 7z archive.</param>
    public async Task<StoreLine> RunAsync(DatasetInfo dataset, bool isArchived, CancellationToken ct)
    {
        string folder = Path.Combine(store, RiaLayout.PathOf(dataset.Id));
        IReadOnlyCollection<string> keys = await WriteRepositoryAsync(dataset.Id, folder, ct);
        string archive = Path.Combine(folder, "archives", "archive.7z");
        var packed = new ArchiveKeys(archive, Scratch.In(folder), static _ => { });
        IReadOnlyCollection<string> archived = await packed.ListAsync(ct);
        string[] wanted = [.. keys.Except(archived)];
        progress.Start("Exporting", wanted.Length, null);
        int absent = 0;
        await Parallel.ForEachAsync(
            wanted, new ParallelOptions { MaxDegreeOfParallelism = Fetched, CancellationToken = ct }, async (key, stop) =>
            {
                if (!await WriteKeyAsync(dataset.Id, folder, key, stop))
                {
                    Interlocked.Increment(ref absent);
                }
            });
        if (isArchived && wanted.Length > absent)
        {
            string loose = Path.Combine(folder, Objects);
            await SevenZip.AddAsync(loose, archive, ct);
            Directory.Delete(loose, recursive: true);
            Directory.CreateDirectory(loose);
        }

        return new StoreLine(dataset.Name, dataset.Id, keys.Count - absent, absent, WriteAlias(dataset));
    }

    private async Task<IReadOnlyCollection<string>> WriteRepositoryAsync(DatasetId id, string folder, CancellationToken ct)
    {
        ForeignRepository git = await ForeignRepository.UpdateAsync(server.RepositoryOf(id).ToString(), folder, settings, ct);
        await git.PublishAsync(new StorageLogs(id, 0).Uuid, ct);
        await File.WriteAllTextAsync(Path.Combine(folder, RiaLayout.VersionFile), ObjectLayout, ct);
        Directory.CreateDirectory(Path.Combine(folder, Objects));
        Directory.CreateDirectory(Path.Combine(folder, "archives"));
        return await git.KeysAsync(ct);
    }

    /// <summary>Writes the content of a key; false when the server does not have it.</summary>
    private async Task<bool> WriteKeyAsync(DatasetId id, string folder, string key, CancellationToken ct)
    {
        string file = Path.Combine(folder, Objects, HashDirectory.MixedOf(key), key, key);
        if (File.Exists(file))
        {
            return true;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        string partial = file + ".part";
        try
        {
            await server.GetKeyAsync(id, key, partial, progress, ct);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound)
        {
            File.Delete(partial);
            Directory.Delete(Path.GetDirectoryName(file)!);
            return false;
        }

        await CheckAsync(key, partial, ct);
        new FileInfo(partial).IsReadOnly = true;
        File.Move(partial, file);
        progress.Add(1, 0);
        return true;
    }

    /// <exception cref="HutchException">The file is not what its key says; it is removed.</exception>
    private static async Task CheckAsync(string key, string file, CancellationToken ct)
    {
        await using FileStream content = File.OpenRead(file);
        Result<Done> checkedNow = KeyName.Parse(key) is { } name
            ? await KeyDigest.CheckAsync(name, content, ct)
            : ErrorCode.Unprocessable.With($"{Display.Quote(key)} is not a key of git-annex.");
        if (!checkedNow.IsOk)
        {
            File.Delete(file);
            throw checkedNow.Error.ToException();
        }
    }

    /// <summary>The short name of the dataset, as a link to it; null when another one has it.</summary>
    private string? WriteAlias(DatasetInfo dataset)
    {
        string slug = dataset.Name.Split('/')[^1];
        string target = "../" + RiaLayout.PathOf(dataset.Id);
        foreach (string alias in new[] { slug, dataset.Name.Replace('/', '-') })
        {
            var link = new FileInfo(Path.Combine(store, RiaLayout.AliasFolder, alias));
            if (link.LinkTarget is null)
            {
                link.CreateAsSymbolicLink(target);
                return alias;
            }

            if (link.LinkTarget == target)
            {
                return alias;
            }
        }

        return null;
    }
}

/// <param name="Absent">The number of keys whose content the server does not have.</param>
public sealed record StoreLine(string Dataset, DatasetId Id, int Keys, int Absent, string? Alias);
