using Hutch.Disk.Folders;
using Hutch.Model;

namespace Hutch.Client.Workspaces;

/// <summary>Looks at everything in a working directory, without reading any file. Links are noted, never followed.</summary>
internal sealed class LocalScan
{
    private const int MaxListed = 20;

    private readonly string? _cache;
    private readonly List<LocalItem> _items = [];
    private readonly List<string> _refusals = [];
    private int _refused;

    private LocalScan(string? cache) => _cache = cache;

    /// <summary>What a scan found.</summary>
    /// <param name="Items">Everything a dataset can hold, in no order.</param>
    /// <param name="CaseClashes">Names that some file systems cannot keep apart; a warning for each.</param>
    internal sealed record Found(IReadOnlyList<LocalItem> Items, IReadOnlyList<string> CaseClashes);

    /// <summary>Scans. Throws <see cref="HutchException"/> with a list of everything that no dataset can hold.</summary>
    /// <param name="root">The working directory.</param>
    /// <param name="cache">Folder of the shared cache, if the directory uses one.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static Found Run(FolderHandle root, string? cache, CancellationToken cancellationToken)
    {
        var scan = new LocalScan(cache);
        scan.Visit(root, "", cancellationToken);
        IReadOnlyList<PathClash> clashes = PathClashes.Find(scan._items.Select(i => i.LocalPath));
        foreach (PathClash clash in clashes.Where(c => c.Kind == PathClashKind.UnicodeForm))
        {
            scan.Refuse(clash.Message);
        }

        scan.ThrowIfRefused();
        return new Found(scan._items, [.. clashes.Where(c => c.Kind == PathClashKind.LetterCase).Select(c => c.Message)]);
    }

    private int Visit(FolderHandle folder, string prefix, CancellationToken cancellationToken)
    {
        int count = 0;
        foreach (FolderEntry entry in folder.List())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.Name == Workspace.ControlFolder || entry.Name.StartsWith(Workspace.TemporaryPrefix, StringComparison.Ordinal))
            {
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

        LocalKind kind = ContentLink.Classify(target.Name, _cache, out BlobHash hash);
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
