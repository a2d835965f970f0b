namespace Hutch.DataLadClient.Stores;

/// <summary>A RIA store in a folder: <c>ria-layout-version</c>, a folder for each dataset, named by its id, and aliases as links.</summary>
/// <param name="tell">Receives messages about omitted parts.</param>
public sealed class RiaStore(string folder, string name, Action<string> tell)
{
    public const string LayoutFile = "ria-layout-version";
    public const string StoreLayout = "1";
    public const string AliasFolder = "alias";

    private const int IdStartLength = 3;
    private const string HeadFile = "HEAD";

    public static string PathOf(DatasetId id)
    {
        string text = id.ToString();
        return $"{text[..IdStartLength]}/{text[IdStartLength..]}";
    }

    /// <summary>All datasets, those with an alias first.</summary>
    /// <exception cref="HutchException">It is no store, or one of a layout that is not known.</exception>
    public IReadOnlyList<RiaDataset> List()
    {
        Check();
        Dictionary<DatasetId, string> aliases = Aliases();
        var datasets = new List<RiaDataset>();
        foreach (string first in Directory.EnumerateDirectories(folder).Where(static at => Path.GetFileName(at).Length == IdStartLength))
        {
            foreach (string rest in Directory.EnumerateDirectories(first))
            {
                if (!DatasetId.TryParse(Path.GetFileName(first) + Path.GetFileName(rest), out DatasetId id))
                {
                    tell($"{Display.Quote(rest)} is not named by an id; it was left out.");
                }
                else if (!File.Exists(Path.Combine(rest, HeadFile)))
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
        string path = Path.Combine(folder, PathOf(id));
        return File.Exists(Path.Combine(path, HeadFile))
            ? new RiaDataset(id, aliases.GetValueOrDefault(id), path)
            : throw ErrorCode.NotFound.With(
                $"The store {Display.Quote(name)} has no dataset {Display.Quote(dataset)}. Name it by #ID or #~ALIAS.").ToException();
    }

    private void Check()
    {
        string layout = Path.Combine(folder, LayoutFile);
        string version = File.Exists(layout) ? File.ReadAllText(layout).Trim().Split('|')[0] : "";
        if (version != StoreLayout)
        {
            throw ErrorCode.Unprocessable.With(version.Length == 0
                ? $"{Display.Quote(name)} is not a RIA store: it has no file {LayoutFile}. Name the folder in which the folders of three "
                    + "characters are."
                : $"{Display.Quote(name)} is a RIA store of layout {Display.Quote(version)}; layout {StoreLayout} is known.")
                .ToException();
        }
    }

    private Dictionary<DatasetId, string> Aliases()
    {
        var aliases = new Dictionary<DatasetId, string>();
        string at = Path.Combine(folder, AliasFolder);
        foreach (FileSystemInfo link in Directory.Exists(at) ? new DirectoryInfo(at).EnumerateFileSystemInfos() : [])
        {
            string[] parts = (link.LinkTarget ?? "").TrimEnd('/').Split('/');
            if (parts.Length < 2 || !DatasetId.TryParse(parts[^2] + parts[^1], out DatasetId id))
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
