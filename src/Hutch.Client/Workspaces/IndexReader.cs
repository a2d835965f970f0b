namespace Hutch.Client.Workspaces;

/// <summary>Looks rows of the index up in byte order of their paths.</summary>
internal sealed class IndexReader(IEnumerable<IndexRow> rows) : IDisposable
{
    private readonly SortedCursor<IndexRow> _rows = new(rows, r => r.P);

    public void Dispose() => _rows.Dispose();

    /// <summary>Reads the rows of a file up to the first damage: files of lost rows are hashed again.</summary>
    internal static IEnumerable<IndexRow> Readable(string path)
    {
        using IEnumerator<IndexRow> rows = JsonLines.Items(path, WorkspaceJson.Default.IndexRow).GetEnumerator();
        while (MoveNext(rows))
        {
            yield return rows.Current;
        }
    }

    /// <summary>Returns the row of a file that did not change since it was hashed; null otherwise.</summary>
    internal IndexRow? Find(string path, in FileStatus status) => _rows.At(path) is { } row && row.Matches(status) ? row : null;

    internal IEnumerable<IndexRow> Before(string path) => _rows.Before(path);

    internal IEnumerable<IndexRow> Rest() => _rows.Rest();

    private static bool MoveNext(IEnumerator<IndexRow> rows)
    {
        try
        {
            return rows.MoveNext();
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
