using Hutch.Client.Ignoring;
using Hutch.Model.Ignoring;

namespace Hutch.Client.Workspaces;

/// <summary>
/// Lists the items of a working directory that belong to its dataset, in byte order of the paths, without reading any file but
/// <c>.hutchignore</c>. Links are listed, never followed. An ignored folder is entered only for entries of the base. Holds only the names
/// of the folders on the way.
/// </summary>
/// <param name="exclude">Patterns that come before those of the files.</param>
/// <param name="baseTree">The entries that are never ignored.</param>
/// <param name="leftOut">Paths to leave out, with everything below them.</param>
internal sealed class LocalScan(
    FolderHandle root, WorkspaceConfig config, IgnoreList exclude, BaseTree baseTree, IReadOnlySet<string> leftOut)
{
    private const int MaxListed = 20;
    private const int MaxIgnoreFileBytes = 1 << 20;

    private readonly List<string> _warnings = [];
    private readonly List<string> _refusals = [];
    private readonly List<UnstorableItem> _unstorable = [];
    private readonly HashSet<(ulong Device, ulong Inode)> _linked = [];
    private readonly HashSet<string> _clashing = new(StringComparer.Ordinal);
    private int _refused;
    private int _hardLinks;
    private int _otherTimes;

    /// <param name="Local">Its path on the disk, with a slash at its end; empty for the top.</param>
    private sealed record ScanPosition(FolderHandle Handle, string Local, string Path, IgnoreScope? Scope, bool IsIgnored);

    /// <summary>
    /// True to leave out empty folders and, with a warning, what no dataset can hold and folders that cannot be read.
    /// </summary>
    internal bool IsTolerant { get; init; }

    /// <summary>Warnings about files that are pushed or left out; complete after the last item.</summary>
    internal IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Paths that no dataset can hold; complete after the last item.</summary>
    internal IReadOnlyList<UnstorableItem> Unstorable => _unstorable;

    /// <summary>The number of paths left out because of a pattern; a folder counts once.</summary>
    internal int Ignored { get; private set; }

    /// <summary>A <c>.hutchignore</c> that is a placeholder, its patterns not known; null when none is.</summary>
    internal string? MissingPatterns { get; private set; }

    /// <summary>
    /// Everything a dataset can hold. Throws <see cref="HutchException"/> after the last, with a list of names and patterns that leave open
    /// what the dataset is to be.
    /// </summary>
    internal IEnumerable<LocalItem> Run(CancellationToken cancellationToken)
    {
        using BaseLookup visited = baseTree.OpenLookup();
        using BaseLookup ahead = baseTree.OpenLookup();
        foreach (LocalItem item in Visit(new ScanPosition(root, "", "", null, IsIgnored: false), visited, ahead, cancellationToken))
        {
            yield return item;
        }

        ThrowIfRefused();
        WarnOfHardLinks();
        WarnOfTimes();
    }

    private IEnumerable<LocalItem> Visit(
        ScanPosition scanPosition, BaseLookup visited, BaseLookup ahead, CancellationToken cancellationToken)
    {
        FolderNames names = Names(scanPosition);
        scanPosition = scanPosition.IsIgnored ? scanPosition : scanPosition with { Scope = ReadPatterns(scanPosition, tell: true) };
        ReportClashes(scanPosition, names, visited);
        HashSet<string>? done = null;
        for (int i = 0; i < names.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (string name, FolderNames.Place kind) = names[i];
            string local = scanPosition.Local + name;
            if (leftOut.Contains(local) || _clashing.Contains(local) || done?.Contains(name) == true)
            {
                continue;
            }

            bool isFolder = kind != FolderNames.Place.Item;
            bool isPath = DatasetPath.Parse(local).TryGet(out DatasetPath parsed, out HutchError? error);
            string path = isPath ? parsed.Value : scanPosition.Path + name;
            bool isIgnored = Ignores(scanPosition, path, isFolder);
            if (kind == FolderNames.Place.Contents)
            {
                using FolderHandle? child = TryOpen(scanPosition, name);
                if (child is not null)
                {
                    var below = new ScanPosition(child, local + "/", path + "/", scanPosition.Scope, isIgnored);
                    foreach (LocalItem found in Visit(below, visited, ahead, cancellationToken))
                    {
                        yield return found;
                    }
                }

                continue;
            }

            if (isIgnored && !(isPath && visited.Holds(path)))
            {
                Ignored++;
                Skip(name, isFolder, ref done);
            }
            else if (!isPath)
            {
                LeaveOut(local, error!.Message);
                Skip(name, isFolder, ref done);
            }
            else if (!isFolder)
            {
                if (Inspect(scanPosition.Handle, path, local, name) is { Kind: not LocalKind.EmptyFolder } item)
                {
                    yield return item;
                }
            }
            else if (IsOtherDataset(scanPosition, name, path, visited))
            {
                Skip(name, isFolder, ref done);
                if (Inspect(scanPosition.Handle, path, local, name) is { } item)
                {
                    yield return item;
                }
            }
            else if (!IsTolerant && IsEmpty(scanPosition, name, local, path, isIgnored, ahead, out int ignored))
            {
                Skip(name, isFolder, ref done);
                Ignored += ignored;

                // Ignored files make a folder neither full nor empty: it is in the dataset if it was.
                if ((!(isIgnored || ignored > 0) || visited.Has(path)) && Inspect(scanPosition.Handle, path, local, name) is { } item)
                {
                    yield return item;
                }
            }
        }
    }

    /// <summary>
    /// Returns true for a subdataset in which its dataset was cloned: in this dataset it is an empty directory, and stays one.
    /// </summary>
    private bool IsOtherDataset(ScanPosition scanPosition, string name, string path, BaseLookup visited)
    {
        if (IsTolerant || !visited.Has(path))
        {
            return false;
        }

        using FolderHandle? child = TryOpen(scanPosition, name);
        return child?.Status(Workspace.ControlFolder) is { Type: FileType.Folder };
    }

    private static void Skip(string name, bool isFolder, ref HashSet<string>? done)
    {
        if (isFolder)
        {
            (done ??= []).Add(name);
        }
    }

    private FolderHandle? TryOpen(ScanPosition scanPosition, string name)
    {
        try
        {
            return scanPosition.Handle.TryOpenFolder(name);
        }
        catch (Exception e) when (IsTolerant && e is IOException or UnauthorizedAccessException)
        {
            WarnOfUnreadable(scanPosition.Local + name, e);
            return null;
        }
    }

    private FolderNames Names(ScanPosition scanPosition)
    {
        var names = new FolderNames();
        try
        {
            List(scanPosition, names);
        }
        catch (Exception e) when (IsTolerant && scanPosition.Local.Length > 0 && e is IOException or UnauthorizedAccessException)
        {
            WarnOfUnreadable(scanPosition.Local.TrimEnd('/'), e);
        }

        names.Sort();
        return names;
    }

    private void WarnOfUnreadable(string local, Exception reason)
    {
        if (_warnings.Count < MaxListed)
        {
            _warnings.Add($"{Display.Quote(local)} cannot be read and is left out: {reason.Message}");
        }
    }

    private void List(ScanPosition scanPosition, FolderNames names) =>
        scanPosition.Handle.List((raw, type) =>
        {
            FolderEntry entry = FolderHandle.Decode(raw);
            if (IsOurs(entry.Name))
            {
                WarnOfReserved(scanPosition, entry.Name);
            }
            else if (entry.IsUtf8)
            {
                names.Add(raw, (type ?? scanPosition.Handle.Status(entry.Name)?.Type) == FileType.Folder);
            }
            else if (!scanPosition.IsIgnored)
            {
                LeaveOut(scanPosition.Local + entry.Name, "Its name is not UTF-8; rename it, for instance with convmv.");
            }

            return true;
        });

    private bool IsOurs(string name) =>
        PathFilter.LeavesOutLocal(config, name) || name.StartsWith(Workspace.TemporaryPrefix, StringComparison.Ordinal);

    private void ReportClashes(ScanPosition scanPosition, FolderNames names, BaseLookup lookup)
    {
        foreach (PathClash clash in PathClashes.Find(scanPosition.Local, names.All()).Where(c => Belongs(c.First) && Belongs(c.Second)))
        {
            if (clash.Kind == PathClashKind.UnicodeForm)
            {
                Reject(clash.Message);
                _clashing.Add(clash.First);
                _clashing.Add(clash.Second);
            }
            else
            {
                _warnings.Add(clash.Message);
            }
        }

        bool Belongs(string local)
        {
            bool isFolder = scanPosition.Handle.Status(local[scanPosition.Local.Length..]) is { Type: FileType.Folder };
            return DatasetPath.Parse(local).TryGet(out DatasetPath path, out _)
                && (!Ignores(scanPosition, path.Value, isFolder) || lookup.Holds(path.Value));
        }
    }

    /// <summary>
    /// Returns true if no file in a folder, at any depth, belongs to the dataset; and the number of ignored paths, a folder counted once.
    /// Stops at the first name that belongs.
    /// </summary>
    private bool IsEmpty(
        ScanPosition scanPosition, string name, string local, string path, bool isIgnored, BaseLookup lookup, out int ignored)
    {
        int left = 0;
        ignored = 0;
        using FolderHandle? folder = scanPosition.Handle.TryOpenFolder(name);
        if (folder is null)
        {
            return false; // gone since it was listed
        }

        var inside = new ScanPosition(folder, local + "/", path + "/", scanPosition.Scope, isIgnored);
        inside = isIgnored ? inside : inside with { Scope = ReadPatterns(inside, tell: false) };
        bool isEmpty = folder.List((raw, type) =>
        {
            FolderEntry entry = FolderHandle.Decode(raw);
            if (IsOurs(entry.Name))
            {
                return true;
            }

            if (!entry.IsUtf8)
            {
                return isIgnored;
            }

            string below = inside.Local + entry.Name;
            bool isFolder = (type ?? folder.Status(entry.Name)?.Type) == FileType.Folder;
            bool isPath = DatasetPath.Parse(below).TryGet(out DatasetPath parsed, out _);
            string belowPath = isPath ? parsed.Value : inside.Path + entry.Name;
            bool isBelowIgnored = Ignores(inside, belowPath, isFolder);
            if (isBelowIgnored && !(isPath && lookup.Holds(belowPath)))
            {
                left++;
                return true;
            }

            if (!isPath || !isFolder
                || !IsEmpty(inside, entry.Name, below, belowPath, isBelowIgnored, lookup, out int more)
                || !(isBelowIgnored || more > 0) || lookup.Has(belowPath))
            {
                return false;
            }

            left += more;
            return true;
        });
        ignored = left;
        return isEmpty;
    }

    /// <summary>Reads the patterns of a folder; faulty ones are reported by its visit, not by look-ahead.</summary>
    private IgnoreScope? ReadPatterns(ScanPosition scanPosition, bool tell)
    {
        string local = scanPosition.Local + IgnoreList.FileName;
        if (scanPosition.Handle.Status(IgnoreList.FileName) is not { } status
            || ReadFile(scanPosition, local, status, tell) is not { } bytes)
        {
            return scanPosition.Scope;
        }

        if (tell && bytes.Length > MaxIgnoreFileBytes)
        {
            Reject($"{Display.Quote(local)} is longer than {Display.Bytes(MaxIgnoreFileBytes)}; patterns are few and short.");
        }

        IgnoreList list = IgnoreList.Parse(Encoding.UTF8.GetString(bytes));
        Warn(tell, list.Malformed.Select(
            line => $"{Display.Quote(local)}: {Display.Quote(line)} is no pattern, because of a '[' or '\\' without what belongs to it; "
                + "it matches nothing."));
        return new IgnoreScope(scanPosition.Scope, list, scanPosition.Path.Length);
    }

    private void Warn(bool tell, IEnumerable<string> warnings)
    {
        if (tell)
        {
            _warnings.AddRange(warnings);
        }
    }

    private byte[]? ReadFile(ScanPosition scanPosition, string local, in FileStatus status, bool tell)
    {
        if (status.Type == FileType.SymbolicLink)
        {
            string target = scanPosition.Handle.ReadLink(IgnoreList.FileName).Name;
            switch (ContentLink.Classify(target, config.Cache, out _))
            {
                case LocalKind.Cached:
                    return SmallFile.TryRead(target);
                case LocalKind.Placeholder:
                    MissingPatterns ??= local;
                    return null;
                default:
                    Warn(tell, [$"{Display.Quote(local)} is a link, and links are not followed: it ignores nothing."]);
                    return null;
            }
        }

        using SafeFileHandle? file = scanPosition.Handle.TryOpenFile(IgnoreList.FileName);
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

    private bool Ignores(ScanPosition scanPosition, string path, bool isFolder) =>
        scanPosition.IsIgnored || (exclude.Ignores(path, isFolder) ?? scanPosition.Scope?.Ignores(path, isFolder) ?? false);

    private void WarnOfReserved(ScanPosition scanPosition, string name)
    {
        if (!scanPosition.IsIgnored && (name == Workspace.ControlFolder ? scanPosition.Local.Length > 0 : ReservedNames.IsReserved(name)))
        {
            _warnings.Add(name == Workspace.ControlFolder
                ? $"{Display.Quote(scanPosition.Local.TrimEnd('/'))} is itself a working directory; its files will be pushed with this one."
                : $"{Display.Quote(scanPosition.Local + name)} is not pushed: the name '{Workspace.ControlFolder}', in any case, is "
                    + "Hutch's own.");
        }
    }

    private LocalItem? Inspect(FolderHandle folder, string path, string local, string name)
    {
        if (folder.Status(name) is not { } status)
        {
            return null; // gone since it was listed
        }

        switch (status.Type)
        {
            case FileType.File:
                _otherTimes += status.ModifiedNanoseconds is long.MinValue or long.MaxValue ? 1 : 0;
                _hardLinks += status.Links > 1 && !_linked.Add((status.Device, status.Inode)) ? 1 : 0;
                return new LocalItem(path, local, LocalKind.File, status);
            case FileType.SymbolicLink:
                return Link(folder, path, local, name, status);
            case FileType.Folder:
                return new LocalItem(path, local, LocalKind.EmptyFolder, status);
            default:
                LeaveOut(local, "It is a socket, pipe or device.");
                return new LocalItem(path, local, LocalKind.Unstorable, status);
        }
    }

    private LocalItem? Link(FolderHandle folder, string path, string local, string name, FileStatus status)
    {
        FolderEntry target = folder.ReadLink(name);
        if (!target.IsUtf8)
        {
            LeaveOut(local, $"It is a link to '{target.Name}', which is not UTF-8; recreate the link.");
            return new LocalItem(path, local, LocalKind.Unstorable, status);
        }

        LocalKind kind = ContentLink.Classify(target.Name, config.Cache, out BlobHash hash);
        return new LocalItem(path, local, kind, status, target.Name, hash);
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

    private void WarnOfTimes()
    {
        if (_otherTimes > 0)
        {
            _warnings.Add((_otherTimes == 1 ? "1 file has a time" : $"{_otherTimes} files have times")
                + " after April 2262 or before 1677, which a dataset cannot hold: it stores the nearest that it can.");
        }
    }

    private void LeaveOut(string local, string reason) => _unstorable.Add(new UnstorableItem(local, reason));

    private void Reject(string message)
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

        if (IsTolerant)
        {
            _warnings.AddRange(_refusals);
            return;
        }

        string more = _refused > _refusals.Count ? $"\n… and {_refused - _refusals.Count} more." : "";
        throw ErrorCode.InvalidPath.With(string.Join('\n', _refusals) + more).ToException();
    }
}
