namespace Hutch.Client.Workspaces;

/// <summary>
/// The snapshot that the working directory was last the same as: the common ancestor when both sides change. Kept in <c>.hutch/base</c>, in
/// byte order of the paths, and read from there each time: it can be larger than the memory.
/// </summary>
internal sealed class BaseTree
{
    private const string Format = "hutch-base";
    private const int Version = 1;

    private readonly string _path;
    private readonly bool _exists;

    private BaseTree(string path, FileHeader? head)
    {
        _path = path;
        _exists = head is { Format: Format, Version: Version };
        Snapshot = _exists ? head!.Snapshot : null;
    }

    /// <summary>Number of the snapshot; null when the dataset had none.</summary>
    internal long? Snapshot { get; }

    /// <summary>Looks at the file. One that is missing or cut is that of a dataset that was never pushed to.</summary>
    internal static BaseTree Open(string path) => new(path, JsonLines.Head(path, WorkspaceJson.Default.FileHeader));

    /// <summary>Begins to replace the file, for entries that come one by one in byte order of their paths.</summary>
    internal static JsonLinesWriter<EntryInfo> BeginSave(string path, long? snapshot) => JsonLinesWriter<EntryInfo>.Begin(
        path, new FileHeader(Format, Version, snapshot), WorkspaceJson.Default.FileHeader, HutchJson.Default.EntryInfo);

    internal IEnumerable<EntryInfo> Read()
    {
        if (!_exists)
        {
            yield break;
        }

        using IEnumerator<EntryInfo> entries = JsonLines.Items(_path, HutchJson.Default.EntryInfo).GetEnumerator();
        string last = "";
        while (MoveNext(entries))
        {
            if (Utf8Order.Compare(entries.Current.Path, last) <= 0)
            {
                throw Damaged(_path);
            }

            last = entries.Current.Path;
            yield return entries.Current;
        }
    }

    /// <summary>Looks its paths up; dispose of it.</summary>
    internal BaseLookup OpenLookup() => new(_exists ? _path : null);

    /// <summary>Its entries after changes, which are in byte order of their paths; null removes.</summary>
    internal IEnumerable<EntryInfo> With(IEnumerable<(string Path, EntryInfo? After)> changes)
    {
        using var entries = new SortedCursor<EntryInfo>(Read(), e => e.Path);
        foreach ((string path, EntryInfo? after) in changes)
        {
            foreach (EntryInfo unchanged in entries.Before(path))
            {
                yield return unchanged;
            }

            entries.At(path);
            if (after is not null)
            {
                yield return after;
            }
        }

        foreach (EntryInfo unchanged in entries.Rest())
        {
            yield return unchanged;
        }
    }

    private bool MoveNext(IEnumerator<EntryInfo> entries)
    {
        try
        {
            return entries.MoveNext();
        }
        catch (InvalidDataException)
        {
            throw Damaged(_path);
        }
    }

    internal static HutchException Damaged(string path) => (ErrorCode.Conflict with
    {
        Advice = "Delete it and run `hutch pull`, which compares everything here with the server.",
    }).With($"{Display.Quote(path)} is damaged.").ToException();
}
