using Hutch.Site.Write.Committing;

namespace Hutch.Site.Replication.Copies;

/// <summary>
/// The files that the home of a read-through dataset has not hashed: rows in addition to the tree, which takes precedence. Only the records
/// of read-through datasets have any; a copy never does.
/// </summary>
internal static class UnhashedRows
{
    private const int RowsAtOnce = 1000;

    public static void Replace(CommitContext context, SiteDataset dataset, IReadOnlyList<PathEntry> reported)
    {
        var wanted = reported.ToDictionary(static one => one.Path, static one => one.Entry);
        for (string from = ""; context.Queries.OverlayRange(dataset.Key, from, RowsAtOnce) is { Count: > 0 } rows;)
        {
            foreach (OverlayRow row in rows)
            {
                if (!wanted.TryGetValue(row.Path, out Entry? entry))
                {
                    context.EmitOfHome(new JournalRecord.EntryRemoved(dataset.Id, row.Path), row.Entry);
                }
                else if (entry.Equals(row.Entry))
                {
                    wanted.Remove(row.Path);
                }
            }

            from = rows[^1].Path.Value + "\0";
        }

        foreach ((DatasetPath path, Entry entry) in wanted)
        {
            context.EmitOfHome(new JournalRecord.EntryPut(dataset.Id, path, entry), context.Queries.Overlay(dataset.Key, path)?.Entry);
        }
    }
}
