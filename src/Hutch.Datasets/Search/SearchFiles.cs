using Hutch.Catalog.Search;

namespace Hutch.Datasets.Search;

internal sealed class SearchFiles(SiteDatabase site, HeadReader heads, TimeProvider time)
{
    private const int TreesAtOnce = 100;

    private static readonly TimeSpan ReadsAgainAfter = TimeSpan.FromMinutes(10);

    /// <summary>The most time for one tree, as searches wait for it.</summary>
    private static readonly TimeSpan LongestTree = TimeSpan.FromSeconds(2);

    /// <summary>Reads trees until as many entries were looked at as one has at most; returns whether there is nothing left to do.</summary>
    public async Task<bool> ReadAsync(SearchWriter writer, CancellationToken ct)
    {
        IReadOnlyList<SearchHit> unread = writer.Unread(time.GetUtcNow(), TreesAtOnce);
        if (unread.Count == 0)
        {
            return true;
        }

        HashSet<DatasetId> ids = [.. unread.Select(hit => hit.Id)];
        IReadOnlyList<SiteDataset> datasets = await site.ReadAsync(queries => queries.Datasets(ids), ct);
        Dictionary<DatasetId, SiteDataset> found = datasets.ToDictionary(dataset => dataset.Id);
        int entries = 0;
        foreach (SearchHit hit in unread)
        {
            if (entries >= FileTerms.MaxEntries)
            {
                return false;
            }

            // One that is not there any more is removed by the event that says so.
            entries += found.TryGetValue(hit.Id, out SiteDataset? dataset)
                ? await ReadAsync(writer, hit.Key, dataset, ct)
                : Postpone(writer, hit.Key);
        }

        return unread.Count < TreesAtOnce;
    }

    /// <summary>
    /// Reads the tree of a dataset; returns the number of entries that were read. An unreadable tree is tried again later: a listing of it
    /// reports the reason, and no search waits for it here.
    /// </summary>
    private async Task<int> ReadAsync(SearchWriter writer, long key, SiteDataset dataset, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(LongestTree, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            IAsyncEnumerable<PathEntry> tree = heads.Tree.EnumerateAsync(dataset.Root, null, "", stop.Token)
                .Where(static entry => !ReservedNames.IsMarker(entry.Path.Value));
            (string words, int entries) = await FileTerms.OfAsync(tree, stop.Token);
            writer.PutFiles(key, dataset.Root.Page.ToString(), words);
            return entries;
        }
        catch (Exception e) when (!SiteDatabase.IsFailure(e) && !ct.IsCancellationRequested)
        {
            return Postpone(writer, key);
        }
    }

    private int Postpone(SearchWriter writer, long key)
    {
        writer.Postpone(key, time.GetUtcNow() + ReadsAgainAfter);
        return 0;
    }
}
