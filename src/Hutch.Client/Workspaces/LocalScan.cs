using Hutch.Disk.Folders;
using Hutch.Model;

namespace Hutch.Client.Workspaces;

/// <summary>Looks at everything in a working directory, without reading any file. Links are noted, never followed.</summary>
internal sealed class LocalScan
{
    private const int MaxListed = 20;

    private readonly WorkspaceConfig _config;
    private readonly List<string> _warnings = [];
    private readonly List<LocalItem> _items = [];
    private readonly List<string> _refusals = [];
    private int _refused;

    private LocalScan(WorkspaceConfig config) => _config = config;

    /// <summary>What a scan found.</summary>
    /// <param name="Items">Everything a dataset can hold, in no order.</param>
    /// <param name="Warnings">What a person should know about what is pushed and what is not.</param>
    internal sealed record Found(IReadOnlyList<LocalItem> Items, IReadOnlyList<string> Warnings);

    /// <summary>Scans. Throws <see cref="HutchException"/> with a list of everything that no dataset can hold.</summary>
    /// <param name="root">The working directory.</param>
    /// <param name="config">What belongs to the directory.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static Found Run(FolderHandle root, WorkspaceConfig config, CancellationToken cancellationToken)
    {
        var scan = new LocalScan(config);
        scan.Visit(root, "", cancellationToken);
        IReadOnlyList<PathClash> clashes = PathClashes.Find(scan._items.Select(i => i.LocalPath));
        foreach (PathClash clash in clashes.Where(c => c.Kind == PathClashKind.UnicodeForm))
        {
            scan.Refuse(clash.Message);
        }

        scan.ThrowIfRefused();
        return new Found(
            scan._items, [.. clashes.Where(c => c.Kind == PathClashKind.LetterCase).Select(c => c.Message), .. scan._warnings]);
    }

    private int Visit(FolderHandle folder, string prefix, CancellationToken cancellationToken)
    {
        int count = 0;
        foreach (FolderEntry entry in folder.List())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (PathFilter.LeavesOutLocal(_config, entry.Name)
                || entry.Name.StartsWith(Workspace.TemporaryPrefix, StringComparison.Ordinal))
            {
                WarnOfReserved(prefix, entry.Name);
                continue;
            }

            count++;
            if (entry.IsUtf8)
            {
                VisitEntry(folder, prefix, entry.Name, cancellationToken);
            }
            else
            {
                Refuse($"The name '{prefix}{entry.Name}' is not UTF-8; rename it, for instance with convmv.");
            }
        }

        return count;
    }

    private void WarnOfReserved(string prefix, string name)
    {
        if (name == Workspace.ControlFolder ? prefix.Length > 0 : ReservedNames.IsReserved(name))
        {
            _warnings.Add(name == Workspace.ControlFolder
                ? $"{Display.Quote(prefix.TrimEnd('/'))} is a working directory of its own; its files belong to this one, too."
                : $"{Display.Quote(prefix + name)} is not pushed: the name '{Workspace.ControlFolder}', in any case, is Hutch's own.");
        }
    }

    private void VisitEntry(FolderHandle folder, string prefix, string name, CancellationToken cancellationToken)
    {
        if (folder.Status(name) is not { } status)
        {
            return; // gone since it was listed
        }

        string local = prefix + name;
        if (!DatasetPath.Parse(local).TryGet(out DatasetPath path, out HutchError? error))
        {
            Refuse(error.Message);
            return;
        }

        switch (status.Type)
        {
            case FileType.File:
                _items.Add(new LocalItem(path.Value, local, LocalKind.File, status));
                break;
            case FileType.SymbolicLink:
                AddLink(folder, path.Value, local, name, status);
                break;
            case FileType.Folder:
                AddFolder(folder, path.Value, local, name, status, cancellationToken);
                break;
            default:
                Refuse($"{Display.Quote(local)} is a socket, pipe or device, which a dataset cannot store; remove it or move it away.");
                break;
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

    private void AddFolder(
        FolderHandle folder, string path, string local, string name, FileStatus status, CancellationToken cancellationToken)
    {
        using FolderHandle? child = folder.TryOpenFolder(name);
        if (child is not null && Visit(child, local + "/", cancellationToken) == 0)
        {
            _items.Add(new LocalItem(path, local, LocalKind.EmptyFolder, status));
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
