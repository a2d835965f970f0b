namespace Hutch.Client.Workspaces;

/// <summary>
/// Reaches the folders of a working directory one name at a time, never through a link, and keeps those on the way to the last one open.
/// Quick for paths in order. Names are those of the dataset, in NFC: where the disk has an item in another form, it is that item. For use
/// by one thread.
/// </summary>
internal sealed class FolderChain(FolderHandle root) : IDisposable
{
    private readonly List<(string Name, FolderHandle Folder)> _open = [];
    private readonly Dictionary<FolderHandle, Dictionary<string, string>> _otherForms = [];

    /// <summary>Splits a path into its folder (empty for the top) and its name.</summary>
    internal static (string Folder, string Name) Split(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash < 0 ? ("", path) : (path[..slash], path[(slash + 1)..]);
    }

    /// <summary>The folder at a path; null when there is none, or a file or link is on the way.</summary>
    internal FolderHandle? Find(string folder) => Reach(folder, make: false);

    /// <summary>
    /// The folder at a path, made where it is missing. Throws when a file or link is on the way: nothing is written through it.
    /// </summary>
    internal FolderHandle Make(string folder) => Reach(folder, make: true)!;

    /// <summary>The name that an item of a folder has on the disk: the same, unless only another form of it is there.</summary>
    internal string OnDisk(FolderHandle folder, string name)
    {
        if (System.Text.Ascii.IsValid(name) || folder.Status(name) is not null)
        {
            return name;
        }

        if (!_otherForms.TryGetValue(folder, out Dictionary<string, string>? others))
        {
            _otherForms.Add(folder, others = FindOtherForms(folder));
        }

        return others.GetValueOrDefault(name, name);
    }

    /// <summary>Forgets open folders, for when some may have been removed.</summary>
    internal void Reset()
    {
        Shorten(0);
        _otherForms.Clear();
    }

    public void Dispose() => Shorten(0);

    private static Dictionary<string, string> FindOtherForms(FolderHandle folder)
    {
        var others = new Dictionary<string, string>(StringComparer.Ordinal);
        folder.List((raw, _) =>
        {
            if (FolderHandle.Decode(raw) is { IsUtf8: true, Name: var name } && Nfc.Normalize(name) is var composed && composed != name)
            {
                others.TryAdd(composed, name);
            }

            return true;
        });
        return others;
    }

    private FolderHandle? Reach(string folder, bool make)
    {
        string[] names = folder.Length == 0 ? [] : folder.Split('/');
        int shared = 0;
        while (shared < names.Length && shared < _open.Count && _open[shared].Name == names[shared])
        {
            shared++;
        }

        Shorten(shared);
        FolderHandle current = shared == 0 ? root : _open[shared - 1].Folder;
        foreach (string wanted in names.AsSpan(shared))
        {
            string name = OnDisk(current, wanted);
            if (make && !current.TryMakeFolder(name))
            {
                throw InTheWay(folder, name);
            }

            if (current.TryOpenFolder(name) is not { } next)
            {
                return make ? throw InTheWay(folder, name) : null;
            }

            _open.Add((wanted, next));
            current = next;
        }

        return current;
    }

    private static HutchException InTheWay(string folder, string name) => ErrorCode.PathConflict.With(
        $"Cannot create the folder {Display.Quote(folder)}: {Display.Quote(name)} in its path is a file or a link, "
        + "and nothing is written through links.")
        .ToException();

    private void Shorten(int length)
    {
        for (int i = _open.Count - 1; i >= length; i--)
        {
            _otherForms.Remove(_open[i].Folder);
            _open[i].Folder.Dispose();
            _open.RemoveAt(i);
        }
    }
}
