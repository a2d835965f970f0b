using Hutch.Site.Write.Repositories;

namespace Hutch.Datasets.Repositories;

/// <summary>The keys of git-annex whose content a dataset has kept for long, and their end. For upkeep: no caller asks it.</summary>
public sealed class ExpiredAnnexKeys(SiteDatabase records, RepositoryWriter writer)
{
    private const string By = "hutch";
    private const int PageSize = 10_000;

    /// <summary>The datasets with keys whose content came before a moment; those in the trash wait until they are back.</summary>
    public ValueTask<IReadOnlyList<SiteDataset>> ListDatasetsAsync(DateTimeOffset before, CancellationToken ct) =>
        records.ReadConsistentAsync<IReadOnlyList<SiteDataset>>(
            queries =>
            [
                .. queries.DatasetsWithKeysBefore(before.ToUnixTimeMilliseconds()).Select(queries.DatasetByKey).OfType<SiteDataset>()
                    .Where(RepositoryWriter.MayDropKeys),
            ],
            ct);

    public async ValueTask<IReadOnlyList<StoredKey>> ListAsync(SiteDataset dataset, DateTimeOffset before, CancellationToken ct)
    {
        var found = new List<StoredKey>();
        IReadOnlyList<StoredKey> page;
        do
        {
            string after = found.Count > 0 ? found[^1].Name : "";
            page = await records.ReadAsync(
                queries => queries.StoredKeysBefore(dataset.Key, before.ToUnixTimeMilliseconds(), after, PageSize), ct);
            found.AddRange(page);
        }
        while (page.Count == PageSize);
        return found;
    }

    /// <summary>Restarts the retention of keys that came before a moment, for a reader, before the answer that they are here.</summary>
    public async Task<Result<Done>> RenewAsync(DatasetId id, IReadOnlyList<string> names, DateTimeOffset before, CancellationToken ct)
    {
        long time = before.ToUnixTimeMilliseconds();
        string[] old = await records.ReadAsync(
            queries => queries.Dataset(id) is { } dataset && RepositoryWriter.MayDropKeys(dataset)
                ? names.Where(name => queries.IsStoredBefore(dataset.Key, name, time)).Distinct(StringComparer.Ordinal).ToArray()
                : [],
            ct);
        return old.Length > 0 ? await writer.RenewAsync(id, old, before, By, ct) : Done.Value;
    }

    /// <summary>Gives up keys that nothing named when it was looked; none when the dataset has changed since.</summary>
    public async Task<int> DropAsync(SiteDataset looked, IReadOnlyList<string> names, DateTimeOffset before, CancellationToken ct)
    {
        int dropped = 0;
        foreach (string[] some in names.Chunk(PageSize))
        {
            dropped += (await writer.DropAsync(looked, some, before, By, ct)).Value;
        }

        return dropped;
    }
}
