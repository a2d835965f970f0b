using System.Text;
using Hutch.Client.Ignoring;
using Hutch.Disk.Folders;
using Hutch.Model;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Client.Workspaces;

/// <summary>
/// Looks at everything in a working directory that belongs to its dataset, without reading any file but <c>.hutchignore</c>. Links are
/// noted, never followed. A folder that is ignored is entered only for what the base has in it.
/// </summary>
internal sealed class LocalScan
{
    private const int MaxListed = 20;
    private const int MaxIgnoreFileBytes = 1 << 20;

    private readonly WorkspaceConfig _config;
    private readonly IgnoreList _exclude;
    private readonly Func<BaseTree> _base;
    private readonly List<string> _warnings = [];
    private readonly List<LocalItem> _items = [];
    private readonly List<string> _refusals = [];
    private readonly HashSet<(ulong Device, ulong Inode)> _linked = [];
    private int _refused;
    private int _ignored;
    private int _hardLinks;
    private string? _missingPatterns;

    private LocalScan(WorkspaceConfig config, IgnoreList exclude, Func<BaseTree> baseTree)
    {
        _config = config;
        _exclude = exclude;
        _base = baseTree;
    }

    /// <summary>What a scan found.</summary>
    /// <param name="Items">Everything a dataset can hold, in no order.</param>
    /// <param name="Warnings">What a person should know about what is pushed and what is not.</param>
    /// <param name="Ignored">What was left out because of a pattern; a folder with all that is in it counts once.</param>
    /// <param name="MissingPatterns">A <c>.hutchignore</c> that is a placeholder, its patterns not known; null when none is.</param>
    internal sealed record Found(IReadOnlyList<LocalItem> Items, IReadOnlyList<string> Warnings, int Ignored, string? MissingPatterns);

    /// <summary>Where the scan is.</summary>
    /// <param name="Handle">The folder.</param>
    /// <param name="Local">Its path on the disk, with a slash at its end; empty for the top.</param>
    /// <param name="Path">Its path in the dataset, likewise.</param>
    /// <param name="Scope">What is ignored here.</param>
    /// <param name="IsIgnored">Whether all that the base does not have is ignored.</param>
    private sealed record Place(FolderHandle Handle, string Local, string Path, IgnoreScope? Scope, bool IsIgnored);

    /// <summary>Scans. Throws <see cref="HutchException"/> with a list of everything that no dataset can hold.</summary>
    /// <param name="root">The working directory.</param>
    /// <param name="config">What belongs to the directory.</param>
    /// <param name="exclude">Patterns that come before those of the files.</param>
    /// <param name="baseTree">The entries that are never ignored; asked for when something is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static Found Run(
        FolderHandle root, WorkspaceConfig config, IgnoreList exclude, Func<BaseTree> baseTree, CancellationToken cancellationToken)
    {
        var scan = new LocalScan(config, exclude, baseTree);
        scan.Visit(new Place(root, "", "", null, IsIgnored: false), cancellationToken);
        IReadOnlyList<PathClash> clashes = PathClashes.Find(scan._items.Select(i => i.LocalPath));
        foreach (PathClash clash in clashes.Where(c => c.Kind == PathClashKind.UnicodeForm))
        {
            scan.Refuse(clash.Message);
        }

        scan.ThrowIfRefused();
        scan.WarnOfHardLinks();
        return new Found(
            scan._items,
            [.. clashes.Where(c => c.Kind == PathClashKind.LetterCase).Select(c => c.Message), .. scan._warnings],
            scan._ignored,
            scan._missingPatterns);
    }

    /// <summary>Visits a folder; how many names in it belong to the dataset.</summary>
    private int Visit(Place place, CancellationToken cancellationToken)
    {
        int count = 0;
        IReadOnlyList<FolderEntry> entries = place.Handle.List();
        if (!place.IsIgnored && entries.Any(e => e.Name == IgnoreList.FileName))
        {
            place = place with { Scope = ReadPatterns(place) };
        }

        foreach (FolderEntry entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (PathFilter.LeavesOutLocal(_config, entry.Name)
                || entry.Name.StartsWith(Workspace.TemporaryPrefix, StringComparison.Ordinal))
            {
                WarnOfReserved(place, entry.Name);
            }
            else if (entry.IsUtf8)
            {
                count += VisitEntry(place, entry.Name, cancellationToken) ? 1 : 0;
            }
            else if (!place.IsIgnored)
            {
                count++;
                Refuse($"The name '{place.Local}{entry.Name}' is not UTF-8; rename it, for instance with convmv.");
            }
        }

        return count;
    }

    private IgnoreScope? ReadPatterns(Place place)
    {
        string local = place.Local + IgnoreList.FileName;
        if (ReadFile(place, local) is not { } bytes)
        {
            return place.Scope;
        }

        if (bytes.Length > MaxIgnoreFileBytes)
        {
            Refuse($"{Display.Quote(local)} is longer than {Display.Bytes(MaxIgnoreFileBytes)}; patterns are few and short.");
        }

        IgnoreList list = IgnoreList.Parse(Encoding.UTF8.GetString(bytes));
        _warnings.AddRange(list.Malformed.Select(
            line => $"{Display.Quote(local)}: {Display.Quote(line)} is no pattern, because of a '[' or '\\' without what belongs to it; "
                + "it matches nothing."));
        return new IgnoreScope(place.Scope, list, place.Path.Length);
    }

    private byte[]? ReadFile(Place place, string local)
    {
        if (place.Handle.Status(IgnoreList.FileName) is { Type: FileType.SymbolicLink })
        {
            string target = place.Handle.ReadLink(IgnoreList.FileName).Name;
            switch (ContentLink.Classify(target, _config.Cache, out _))
            {
                case LocalKind.Cached:
                    return SmallFile.TryRead(target);
                case LocalKind.Placeholder:
                    _missingPatterns ??= local;
                    return null;
                default:
                    _warnings.Add($"{Display.Quote(local)} is a link, and links are not followed: it ignores nothing.");
                    return null;
            }
        }

        using SafeFileHandle? file = place.Handle.TryOpenFile(IgnoreList.FileName);
        if (file is null)
        {
            return null;
        }

        var bytes = new byte[Math.Min(RandomAccess.GetLength(file), MaxIgnoreFileBytes + 1)];
        int filled = 0;
        for (int read = 1; read > 0 && filled < bytes.Length; filled += read)
        {
            read = RandomAccess.Read(file, bytes.AsSpan(filled), filled);
        }

        return bytes[..filled];
    }

    private bool Ignores(Place place, string path, bool isFolder) =>
        place.IsIgnored || (_exclude.Ignores(path, isFolder) ?? place.Scope?.Ignores(path, isFolder) ?? false);

    private void WarnOfReserved(Place place, string name)
    {
        if (!place.IsIgnored && (name == Workspace.ControlFolder ? place.Local.Length > 0 : ReservedNames.IsReserved(name)))
        {
            _warnings.Add(name == Workspace.ControlFolder
                ? $"{Display.Quote(place.Local.TrimEnd('/'))} is a working directory of its own; its files belong to this one, too."
                : $"{Display.Quote(place.Local + name)} is not pushed: the name '{Workspace.ControlFolder}', in any case, is Hutch's own.");
        }
    }

    /// <summary>Visits a name; whether it belongs to the dataset.</summary>
    private bool VisitEntry(Place place, string name, CancellationToken cancellationToken)
    {
        if (place.Handle.Status(name) is not { } status)
        {
            return !place.IsIgnored; // gone since it was listed
        }

        string local = place.Local + name;
        bool isPath = DatasetPath.Parse(local).TryGet(out DatasetPath parsed, out HutchError? error);
        string path = isPath ? parsed.Value : place.Path + name;
        bool isIgnored = Ignores(place, path, status.Type == FileType.Folder);
        if (isIgnored && !(isPath && _base().Holds(path)))
        {
            _ignored++;
            return false;
        }

        if (!isPath)
        {
            Refuse(error!.Message);
            return true;
        }

        switch (status.Type)
        {
            case FileType.File:
                _items.Add(new LocalItem(path, local, LocalKind.File, status));
                _hardLinks += status.Links > 1 && !_linked.Add((status.Device, status.Inode)) ? 1 : 0;
                return true;
            case FileType.SymbolicLink:
                AddLink(place.Handle, path, local, name, status);
                return true;
            case FileType.Folder:
                return AddFolder(place, path, local, name, status, isIgnored, cancellationToken);
            default:
                Refuse($"{Display.Quote(local)} is a socket, pipe or device, which a dataset cannot store; remove it or move it away.");
                return true;
        }
    }

    private void AddLink(FolderHandle folder, string path, string local, string name, FileStatus status)
    {
        FolderEntry target = folder.ReadLink(name);
        if (!target.IsUtf8)
        {
            Refuse($"The link {Display.Quote(local)} points to '{target.Name}', which is not UTF-8; recreate the link.");
            return;
        }

        LocalKind kind = ContentLink.Classify(target.Name, _config.Cache, out BlobHash hash);
        _items.Add(new LocalItem(path, local, kind, status, target.Name, hash));
    }

    private bool AddFolder(
        Place place, string path, string local, string name, FileStatus status, bool isIgnored, CancellationToken cancellationToken)
    {
        using FolderHandle? child = place.Handle.TryOpenFolder(name);
        int ignoredBefore = _ignored;
        if (child is null || Visit(new Place(child, local + "/", path + "/", place.Scope, isIgnored), cancellationToken) > 0)
        {
            return true;
        }

        // What is ignored makes a folder neither full nor empty: it is in the dataset if it was.
        if ((isIgnored || _ignored > ignoredBefore) && !_base().Entries.ContainsKey(path))
        {
            return false;
        }

        _items.Add(new LocalItem(path, local, LocalKind.EmptyFolder, status));
        return true;
    }

    private void WarnOfHardLinks()
    {
        if (_hardLinks > 0)
        {
            _warnings.Add(_hardLinks == 1
                ? "1 file is a hard link to another: it is stored once and comes back as a separate file."
                : $"{_hardLinks} files are hard links to others: they are stored once and come back as separate files.");
        }
    }

    private void Refuse(string message)
    {
        _refused++;
        if (_refusals.Count < MaxListed)
        {
            _refusals.Add(message);
        }
    }

    private void ThrowIfRefused()
    {
        if (_refused == 0)
        {
            return;
        }

        string more = _refused > _refusals.Count ? $"\n… and {_refused - _refusals.Count} more." : "";
        throw ErrorCode.InvalidPath.With(string.Join('\n', _refusals) + more).ToException();
    }
}
