using Hutch.Agent.Publishing;
using Hutch.Agent.Survey;
using Hutch.Disk;
using Hutch.Disk.Folders;
using Hutch.Model.Annex;

namespace Hutch.Agent.Adopting;

/// <summary>Makes the plan of an adopted store. Blocks while the file system answers.</summary>
internal sealed class StorePlanner(
    string root, IAdoptedRepositories repositories, AdoptionLimits limits, WatchingOptions options)
{
    private const int MaxNotices = 20;
    private const string OtherLayout = "unknown layout of a dataset";

    private static readonly string[] DatasetLayouts = ["1", "2"];

    private readonly List<AdoptionPart> _parts = [];
    private readonly List<string> _notices = [];
    private readonly List<string> _refusals = [];
    private readonly OmissionCounter _omissions = new();
    private readonly SortedDictionary<string, (long Count, long Bytes)> _backends = new(StringComparer.Ordinal);
    private readonly HashSet<string> _slugs = new(StringComparer.Ordinal);
    private Dictionary<DatasetId, string> _aliases = [];

    /// <summary>Lists the datasets of the store, those with an alias first.</summary>
    public List<(DatasetId Id, string Folder)> FindDatasets()
    {
        _aliases = FindAliases();
        var found = new List<(DatasetId Id, string Folder)>();
        var known = new HashSet<DatasetId>();
        foreach ((FolderEntry first, FileType type) in WatchedParents.Entries(root))
        {
            if (type != FileType.Folder || first.Name.Length != RiaLayout.IdStartLength)
            {
                continue;
            }

            string folder = Path.Combine(root, first.Name);
            foreach ((FolderEntry rest, FileType kind) in WatchedParents.Entries(folder))
            {
                string path = Path.Combine(folder, rest.Name);
                if (kind == FileType.SymbolicLink)
                {
                    _omissions.Add("link in place of a dataset", 1, path);
                }
                else if (!DatasetId.TryParse(first.Name + rest.Name, out DatasetId id)
                    || path != Path.Combine(root, RiaLayout.PathOf(id)))
                {
                    _omissions.Add("not named by the id of a dataset", 1, path);
                }
                else if (known.Add(id))
                {
                    found.Add((id, path));
                }
            }
        }

        if (found.Count is 0 or > AdoptionPlan.MaxParts)
        {
            _refusals.Add(found.Count == 0
                ? $"The store {Display.Quote(root)} has no datasets."
                : $"The store has {found.Count} datasets; an adoption has at most {AdoptionPlan.MaxParts}.");
            return [];
        }

        return [.. found.OrderBy(one => !_aliases.ContainsKey(one.Id)).ThenBy(one => one.Id)];
    }

    /// <param name="dataset">The dataset of this id here; null for none.</param>
    public void Add(DatasetId id, string folder, SiteDataset? dataset, CancellationToken ct)
    {
        var location = AdoptedFolder.InStore(root, id);
        if (dataset is not null && dataset.FolderIdentity != location.Identity)
        {
            _omissions.Add(
                "its id is that of another dataset here", 1, $"{folder} ({dataset.Owner}/{dataset.Slug})");
        }
        else if (dataset is { TrashedUntil: not null })
        {
            _omissions.Add("its dataset is in the trash", 1, folder);
        }
        else if (dataset is { Ended: not null })
        {
            _omissions.Add("its dataset was deleted here, and an id is never used again", 1, folder);
        }
        else if (repositories.FindFault(folder) is { } fault)
        {
            _omissions.Add("repository that cannot be taken", 1, folder);
            AddNotice(fault);
        }
        else if (!DatasetLayouts.Contains(LayoutOf(folder)))
        {
            _omissions.Add(OtherLayout, 1, folder);
        }
        else
        {
            AddPart(id, folder, location, dataset, ct);
        }
    }

    public AdoptionPlan Report()
    {
        string keys = string.Join(
            ", ", _backends.Select(one => $"{one.Value.Count} of {one.Key} ({Display.Bytes(one.Value.Bytes)})"));
        if (keys.Length > 0)
        {
            _notices.Insert(0, $"Keys: {keys}. Their bytes stay in the store.");
        }

        if (_parts.Count > 0 && _parts.All(static part => part.Dataset is not null))
        {
            _notices.Insert(0, "All of it is adopted already; it is scanned again.");
        }

        long bytes = _parts.Sum(static part => part.Bytes);
        return new AdoptionPlan(root)
        {
            Parts = _parts,
            Files = _parts.Sum(static part => part.Files),
            Bytes = bytes,
            LeftOut = _omissions.ToList(),
            HashSeconds = (bytes + limits.HashBytesPerSecond - 1) / limits.HashBytesPerSecond,
            Notices = _notices,
            Refusals = _refusals,
        };
    }

    private static string LayoutOf(string folder) =>
        SmallFile.TryRead(Path.Combine(folder, RiaLayout.VersionFile)) is { } text
            ? RiaLayout.VersionOf(Encoding.UTF8.GetString(text))
            : "";

    private Dictionary<DatasetId, string> FindAliases()
    {
        var aliases = new Dictionary<DatasetId, string>();
        string path = Path.Combine(root, RiaLayout.AliasFolder);
        if (!SmallFile.FolderExists(path))
        {
            return aliases;
        }

        using FolderHandle folder = FolderHandle.OpenWithoutLinks(path);
        foreach ((FolderEntry entry, FileType type) in WatchedParents.Entries(path))
        {
            if (type != FileType.SymbolicLink || RiaLayout.OfAlias(folder.ReadLink(entry.Name).Name) is not { } id)
            {
                AddNotice($"The alias {Display.Quote(entry.Name)} leads to no dataset.");
            }
            else if (!aliases.TryAdd(id, entry.Name))
            {
                AddNotice($"{id} has more than one alias; {Display.Quote(aliases[id])} is taken.");
            }
        }

        return aliases;
    }

    private void AddPart(DatasetId id, string folder, AdoptedFolder location, SiteDataset? dataset, CancellationToken ct)
    {
        string name = _aliases.GetValueOrDefault(id) ?? $"dataset-{id.ToString()[..8]}";
        string other = DatasetSlug.For("/" + name, location.Identity).Value;
        string slug = DatasetSlug.For("/" + name, null).Value;
        if (dataset is null && !_slugs.Add(slug))
        {
            AddNotice(
                $"{Display.Quote(folder)} becomes {Display.Quote(other)}: another dataset of the store has the name "
                + $"{Display.Quote(slug)}.");
            slug = other;
        }

        (long files, long bytes) = CountKeys(location, ct);
        _parts.Add(new AdoptionPart(location.Folder, location.Identity)
        {
            Dataset = dataset?.Id,
            Id = id,
            Name = dataset is null ? slug : $"{dataset.Owner}/{dataset.Slug}",
            OtherSlug = dataset is null ? other : null,
            Title = DatasetFinder.TitleOf("/" + name),
            Files = files,
            Entries = files,
            Bytes = bytes,
        });
    }

    private (long Files, long Bytes) CountKeys(AdoptedFolder location, CancellationToken ct)
    {
        (long files, long bytes) = (0, 0);
        var walk = new StoreKeyWalk(location, options.MaxFilesPerFolder, _omissions);
        walk.Run(
            found =>
            {
                files++;
                bytes += found.Stamp.Size;
                string backend = found.Key.Text[..found.Key.Text.IndexOf('-', StringComparison.Ordinal)];
                (long count, long sum) = _backends.GetValueOrDefault(backend);
                _backends[backend] = (count + 1, sum + found.Stamp.Size);
            },
            ct);
        if (walk.Unseen.Contains(""))
        {
            _refusals.Add($"{Display.Quote(location.Folder)} cannot be read by the server.");
        }
        else if (walk.IsTooLarge)
        {
            _refusals.Add(
                $"{Display.Quote(location.Repository)} has more than {options.MaxFilesPerFolder} keys "
                + "(agent.watching.maxFilesPerFolder). Raise the limit.");
        }

        return (files, bytes);
    }

    private void AddNotice(string text)
    {
        if (_notices.Count < MaxNotices)
        {
            _notices.Add(text);
        }
    }
}
