using Hutch.Model.Search;

namespace Hutch.Catalog.Search;

/// <content>Cards of datasets at home elsewhere.</content>
public sealed partial class SearchWriter
{
    /// <summary>The number of a home's indexes whose position is kept: each of several servers has one.</summary>
    private const int MostLives = 16;

    /// <summary>Returns what a home gave of a dataset; null for nothing.</summary>
    public SearchCard? FindCard(DatasetId dataset) => _session.Connection.QuerySingleOrDefault<CardRow>(
        "SELECT document AS Document, files AS Files FROM cards WHERE id = @id", new { id = dataset.ToString() })
        is { } row ? new SearchCard(dataset, row.Document, row.Files) : null;

    public void PutCard(string site, SearchCard card)
    {
        _session.Connection.Execute(
            "INSERT OR REPLACE INTO cards (id, site, document, files) VALUES (@id, @site, @Document, @Files)",
            new { id = card.Dataset.ToString(), site, card.Document, card.Files });
    }

    public void RemoveCard(DatasetId dataset) =>
        _session.Connection.Execute("DELETE FROM cards WHERE id = @id", new { id = dataset.ToString() });

    /// <summary>Removes cards of a site, and returns their datasets.</summary>
    public IReadOnlyList<DatasetId> RemoveCards(string site, int limit)
    {
        string[] ids = [.. _session.Connection.Query<string>(
            "SELECT id FROM cards WHERE site = @site LIMIT @limit", new { site, limit })];
        _session.Connection.Execute("DELETE FROM cards WHERE id = @id", ids.Select(static id => new { id }));
        return [.. ids.Select(static id => new DatasetId(Guid.Parse(id)))];
    }

    /// <summary>Returns up to which change each index of a site has given its cards.</summary>
    public IReadOnlyDictionary<string, long> Positions(string site) => _session.Connection.Query<(string Life, long Changed)>(
        "SELECT life, changed FROM homes WHERE site = @site", new { site }).ToDictionary(static row => row.Life, static row => row.Changed);

    public void SetPosition(string site, string life, long changed)
    {
        _session.Connection.Execute(
            "INSERT OR REPLACE INTO homes (site, life, changed) VALUES (@site, @life, @changed)", new { site, life, changed });
        if (Positions(site) is { Count: > MostLives } all)
        {
            // One that was lost long ago: its cards come again if it was not.
            _session.Connection.Execute(
                "DELETE FROM homes WHERE site = @site AND life = @other",
                new { site, other = all.Keys.First(one => one != life) });
        }
    }

    public void RemovePositions(string site) => _session.Connection.Execute("DELETE FROM homes WHERE site = @site", new { site });

    [method: ExplicitConstructor]
    private sealed record CardRow(string? Document, string Files);
}
