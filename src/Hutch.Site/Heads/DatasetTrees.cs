using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;

namespace Hutch.Site.Heads;

/// <summary>Everything that one dataset names: what a collection must leave alone, and what lasts with the dataset.</summary>
internal static class DatasetTrees
{
    private const int RowsAtOnce = 5_000;

    /// <summary>
    /// Walks the head, with what is not folded yet, all snapshots, and what git brought, as the records have them at one moment.
    /// </summary>
    public static async Task VisitAsync(Tree tree, SiteQueries queries, SiteDataset dataset, ITreeVisitor visitor, CancellationToken ct)
    {
        await tree.VisitAsync(dataset.Root, visitor, ct);
        foreach (SiteSnapshot snapshot in queries.Snapshots(dataset.Key, long.MaxValue, int.MaxValue))
        {
            await tree.VisitAsync(snapshot.Root, visitor, ct);
        }

        if (dataset.Repository is { } repository)
        {
            await tree.VisitAsync(repository, visitor, ct);
        }

        if (dataset.Copy is { } copy)
        {
            visitor.VisitBlob(copy.History, 0);
        }

        VisitKeys(queries, dataset, visitor);
        string from = "";
        while (queries.OverlayRange(dataset.Key, from, RowsAtOnce) is { Count: > 0 } rows)
        {
            foreach (OverlayRow row in rows)
            {
                if (row.Entry is { Kind: EntryKind.File } file)
                {
                    visitor.VisitBlob(file.Hash, file.Size);
                }
            }

            from = rows[^1].Path.Value + "\0";
        }
    }

    private static void VisitKeys(SiteQueries queries, SiteDataset dataset, ITreeVisitor visitor)
    {
        string after = "";
        while (queries.HeldKeys(dataset.Key, after, RowsAtOnce) is { Count: > 0 } keys)
        {
            foreach (HeldKey key in keys)
            {
                visitor.VisitBlob(key.Hash, key.Size);
            }

            after = keys[^1].Name;
        }
    }
}
