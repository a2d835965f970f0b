namespace Hutch.Disk.Faults;

/// <summary>A folder: its current names, its durable names, and the pending changes.</summary>
internal sealed class FolderNode
{
    private readonly Dictionary<string, object> _durable = new(StringComparer.Ordinal);
    private readonly List<NameChange> _pending = [];

    public Dictionary<string, object> Seen { get; } = new(StringComparer.Ordinal);

    public void Change(NameChange change)
    {
        change.ApplyTo(Seen);
        _pending.Add(change);
    }

    public void Sync()
    {
        _pending.ForEach(change => change.ApplyTo(_durable));
        _pending.Clear();
    }

    /// <summary>Returns the folder after a power cut; each file is made once, whatever its names.</summary>
    public FolderNode AfterCrash(Func<long, Func<bool>> survival, Func<FileNode, FileNode> fileAfterCrash)
    {
        var names = new Dictionary<string, object>(_durable, StringComparer.Ordinal);
        foreach (NameChange change in _pending)
        {
            if (survival(change.Moment)())
            {
                change.ApplyTo(names);
            }
        }

        var left = new FolderNode();
        foreach ((string name, object node) in names.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            object survivor = node is FolderNode folder ? folder.AfterCrash(survival, fileAfterCrash) : fileAfterCrash((FileNode)node);
            left.Seen[name] = survivor;
            left._durable[name] = survivor;
        }

        return left;
    }
}
