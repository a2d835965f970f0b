using Hutch.Model;

namespace Hutch.Cli.DataLad.Stores;

/// <summary>A dataset of a RIA store.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Alias">What the store calls it; null for nothing.</param>
/// <param name="Address">Its bare repository, as git takes it: a folder, or an address.</param>
internal sealed record RiaDataset(DatasetId Id, string? Alias, string Address);

/// <summary>A RIA store in a folder: <c>ria-layout-version</c>, a folder for each dataset, named by its id, and aliases as links.</summary>
internal sealed class RiaStore(string folder, Action<string> tell)
{
    public const string LayoutFile = "ria-layout-version";
    public const string StoreLayout = "1";
    public const string AliasFolder = "alias";

    private const int IdStartLength = 3;

    /// <summary>How much of a repository is looked through; git packs objects long before there are so many.</summary>
    private const int MaxEntries = 1_000_000;

    /// <summary>The folders of a repository in which nothing may be a link; the empty one is itself.</summary>
    private static readonly string[] Folders = ["", "annex", "archives"];

    /// <summary>Those in which this holds for everything below, since git reads all of it.</summary>
    private static readonly string[] Trees = ["refs", "objects"];

    /// <summary>Files by which git reads another repository.</summary>
    private static readonly string[] Leads = ["commondir", "objects/info/alternates"];

    /// <summary>Where a dataset is in any store.</summary>
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
                else if (FindWayOut(rest) is { } way)
                {
                    // Who may write into the store could otherwise have any repository imported that its reader may read.
                    tell($"{Display.Quote(rest)} {way}: it was left out.");
                }
                else if (!File.Exists(Path.Combine(rest, "HEAD")))
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

    /// <summary>How git could be led out of a repository; null when it cannot be.</summary>
    private static string? FindWayOut(string repository)
    {
        if (new DirectoryInfo(repository).LinkTarget is not null || Folders.Any(name => Entries(repository, name, false).Any(IsLink)))
        {
            return "is a link, or has parts that are";
        }

        if (Leads.FirstOrDefault(name => Path.Exists(Path.Combine(repository, name))) is { } lead)
        {
            return $"has the file '{lead}', which leads to another repository";
        }

        int looked = 0;
        foreach (FileSystemInfo entry in Trees.SelectMany(name => Entries(repository, name, true)))
        {
            if (IsLink(entry))
            {
                return "is a link, or has parts that are";
            }

            if (++looked > MaxEntries)
            {
                return $"has more than {MaxEntries} files and folders in 'refs' and 'objects' (`git gc` there makes few of them)";
            }
        }

        return null;
    }

    private static bool IsLink(FileSystemInfo entry) => entry.LinkTarget is not null;

    /// <summary>What is in a folder, hidden or not: a folder comes before what is in it.</summary>
    private static IEnumerable<FileSystemInfo> Entries(string repository, string name, bool isDeep)
    {
        var folder = new DirectoryInfo(Path.Combine(repository, name));
        return folder.Exists
            ? folder.EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = isDeep, AttributesToSkip = 0 })
            : [];
    }

    /// <summary>The dataset of an id, or of <c>~alias</c>.</summary>
    public RiaDataset Find(string name) =>
        List().FirstOrDefault(one => name == "~" + one.Alias || (DatasetId.TryParse(name, out DatasetId id) && id == one.Id))
        ?? throw ErrorCode.NotFound.With(
            $"The store {Display.Quote(folder)} has no dataset {Display.Quote(name)}. Name it by #ID or #~ALIAS.").ToException();

    private void Check()
    {
        string layout = Path.Combine(folder, LayoutFile);
        string version = File.Exists(layout) ? File.ReadAllText(layout).Trim().Split('|')[0] : "";
        if (version != StoreLayout)
        {
            throw ErrorCode.Unprocessable.With(version.Length == 0
                ? $"{Display.Quote(folder)} is not a RIA store: it has no file {LayoutFile}. Name the folder in which the folders of three "
                    + "characters are."
                : $"{Display.Quote(folder)} is a RIA store of layout {Display.Quote(version)}; layout {StoreLayout} is known.")
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
