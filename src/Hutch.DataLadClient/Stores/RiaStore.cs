using Hutch.Model.Annex;

namespace Hutch.DataLadClient.Stores;

/// <summary>A RIA store in a folder: <c>ria-layout-version</c>, a folder for each dataset, named by its id, and aliases as links.</summary>
/// <param name="tell">Receives messages about omitted parts.</param>
public sealed class RiaStore(string folder, string name, Action<string> tell)
{
    /// <summary>All datasets, those with an alias first.</summary>
    /// <exception cref="HutchException">It is no store, or one of a layout that is not known.</exception>
    public IReadOnlyList<RiaDataset> List()
    {
        Check();
        Dictionary<DatasetId, string> aliases = Aliases();
        var datasets = new List<RiaDataset>();
        foreach (string first in Directory.EnumerateDirectories(folder)
            .Where(static at => Path.GetFileName(at).Length == RiaLayout.IdStartLength))
        {
            foreach (string rest in Directory.EnumerateDirectories(first))
            {
                if (!DatasetId.TryParse(Path.GetFileName(first) + Path.GetFileName(rest), out DatasetId id))
                {
                    tell($"{Display.Quote(rest)} is not named by an id; it was left out.");
                }
                else if (!File.Exists(Path.Combine(rest, RiaLayout.HeadFile)))
                {
                    tell($"{Display.Quote(rest)} is not a bare repository; it was left out.");
                }
                else
                {
                    datasets.Add(new RiaDataset(id, aliases.GetValueOrDefault(id), rest));
                }
            }
        }

        return [.. datasets.OrderBy(static one => one.Alias is null).ThenBy(static one => one.Alias, StringComparer.Ordinal)
            .ThenBy(static one => one.Id)];
    }

    public RiaDataset Find(string dataset)
    {
        Check();
        Dictionary<DatasetId, string> aliases = Aliases();
        DatasetId id = DatasetId.TryParse(dataset, out DatasetId given)
            ? given
            : aliases.FirstOrDefault(one => dataset == "~" + one.Value).Key;
        string path = Path.Combine(folder, RiaLayout.PathOf(id));
        return File.Exists(Path.Combine(path, RiaLayout.HeadFile))
            ? new RiaDataset(id, aliases.GetValueOrDefault(id), path)
            : throw ErrorCode.NotFound.With(
                $"The store {Display.Quote(name)} has no dataset {Display.Quote(dataset)}. Name it by #ID or #~ALIAS.").ToException();
    }

    private void Check()
    {
        string layout = Path.Combine(folder, RiaLayout.VersionFile);
        string version = File.Exists(layout) ? RiaLayout.VersionOf(File.ReadAllText(layout)) : "";
        if (version != RiaLayout.StoreVersion)
        {
            throw ErrorCode.Unprocessable.With(version.Length == 0
                ? $"{Display.Quote(name)} is not a RIA store: it has no file {RiaLayout.VersionFile}. Name the folder in which the folders "
                    + "of three characters are."
                : $"{Display.Quote(name)} is a RIA store of layout {Display.Quote(version)}; layout {RiaLayout.StoreVersion} is known.")
                .ToException();
        }
    }

    private Dictionary<DatasetId, string> Aliases()
    {
        var aliases = new Dictionary<DatasetId, string>();
        string at = Path.Combine(folder, RiaLayout.AliasFolder);
        foreach (FileSystemInfo link in Directory.Exists(at) ? new DirectoryInfo(at).EnumerateFileSystemInfos() : [])
        {
            if (RiaLayout.OfAlias(link.LinkTarget) is not { } id)
            {
                tell($"The alias {Display.Quote(link.Name)} leads to no dataset.");
            }
            else if (!aliases.TryAdd(id, link.Name))
            {
                tell($"{id} has more than one alias; {Display.Quote(aliases[id])} is taken.");
            }
        }

        return aliases;
    }
}

/// <param name="Alias">What the store calls it; null for nothing.</param>
/// <param name="Address">Its bare repository, as git takes it: a folder, or an address.</param>
public sealed record RiaDataset(DatasetId Id, string? Alias, string Address);
