using System.Collections.Immutable;

namespace Hutch.Site.Write.Heads;

/// <summary>Everything that one dataset names: a collection must spare it, and it lasts with the dataset.</summary>
internal static class DatasetTrees
{
    private const int RowsAtOnce = 5_000;

    /// <summary>Walks the head with its overlay, all snapshots, and the git repository, as the records have them at one moment.</summary>
    public static Task VisitAsync(Tree tree, SiteQueries queries, SiteDataset dataset, ITreeVisitor visitor, CancellationToken ct) =>
        VisitAsync(tree, queries, dataset, ImmutableHashSet<BlobHash>.Empty, visitor, ct);

    /// <summary>Does the same, without some trees.</summary>
    public static async Task VisitAsync(
        Tree tree, SiteQueries queries, SiteDataset dataset, IReadOnlySet<BlobHash> without, ITreeVisitor visitor, CancellationToken ct)
    {
        IEnumerable<TreeRoot> versions = queries.Snapshots(dataset.Key, long.MaxValue, int.MaxValue).Select(static one => one.Root);
        foreach (TreeRoot version in versions.Prepend(dataset.Root).Where(version => !without.Contains(version.Page)))
        {
            await tree.VisitAsync(version, visitor, ct);
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
        while (queries.StoredKeys(dataset.Key, after, RowsAtOnce) is { Count: > 0 } keys)
        {
            foreach (StoredKey key in keys)
            {
                visitor.VisitBlob(key.Hash, key.Size);
            }

            after = keys[^1].Name;
        }
    }
}
