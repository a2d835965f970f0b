namespace Hutch.Model.Tests.Trees;

/// <summary>The slow, obvious tree that the real one is compared with: a sorted dictionary.</summary>
internal sealed class NaiveTree
{
    public SortedDictionary<DatasetPath, Entry> Entries { get; private set; } = [];

    /// <summary>Applies changes that hold together; false, and nothing changed, when a path would be a file and a directory.</summary>
    public bool TryApply(IEnumerable<TreeChange> changes)
    {
        var next = new SortedDictionary<DatasetPath, Entry>(Entries);
        foreach (TreeChange change in changes)
        {
            next.Remove(change.Path);
            if (change.Entry is not null)
            {
                next[change.Path] = change.Entry;
            }
        }

        HashSet<DatasetPath> parents = [.. next.Keys.SelectMany(Ancestors)];
        foreach (DatasetPath path in next.Keys.Where(parents.Contains).ToList())
        {
            if (next[path].Kind != EntryKind.EmptyDirectory)
            {
                return false;
            }

            next.Remove(path);
        }

        Entries = next;
        return true;
    }

    public Listing List(ListQuery query)
    {
        var items = new List<ListItem>();
        foreach ((DatasetPath path, Entry entry) in Entries)
        {
            if (!path.Value.StartsWith(query.Prefix, StringComparison.Ordinal))
            {
                continue;
            }

            int slash = query.Delimited ? path.Value.IndexOf('/', query.Prefix.Length) : -1;
            ListItem item = slash < 0 ? new ListItem(path.Value, entry) : new ListItem(path.Value[..(slash + 1)], null);
            if ((query.After is null || Utf8Order.Compare(item.Path, query.After) > 0) && (items.Count == 0 || items[^1] != item))
            {
                items.Add(item);
            }
        }

        return new Listing([.. items.Take(query.Limit)], items.Count > query.Limit);
    }

    private static IEnumerable<DatasetPath> Ancestors(DatasetPath path)
    {
        for (DatasetPath? parent = path.Parent; parent is { } directory; parent = directory.Parent)
        {
            yield return directory;
        }
    }
}
