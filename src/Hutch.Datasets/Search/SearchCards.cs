using Hutch.Model.Search;

namespace Hutch.Datasets.Search;

/// <summary>
/// Brings the metadata of datasets, and words of their file names, into the index of the zone: the zone asks each home at intervals for the
/// cards that changed. A home gives those of its own datasets only, and none if its operator does not want that. See
/// docs/decisions/0590-one-search-for-a-zone.md.
/// </summary>
public sealed class SearchCards
{
    /// <summary>The most cards of one answer.</summary>
    public const int MaxCards = 200;

    /// <summary>The longest metadata in a card, in characters: that of datasets with longer ones is found at their sites only.</summary>
    public const int MaxDocumentCharacters = 64 << 10;

    /// <summary>The most words of file names in a card, in characters.</summary>
    public const int MaxFilesCharacters = 32 << 10;

    /// <summary>The metadata of one answer, in characters, after which it ends.</summary>
    private const int MaxAnswerCharacters = 1 << 20;

    /// <summary>Sites that are asked at the same time.</summary>
    private const int MaxSites = 8;

    /// <summary>The most answers of a site in a row.</summary>
    private const int MaxAnswers = 100;

    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(5);

    private readonly SearchIndex _index;
    private readonly SiteDatabase _records;
    private readonly SiteRegistry _sites;
    private readonly IHomeCards? _homes;
    private readonly TimeProvider _time;

    internal SearchCards(SearchIndex index, SiteDatabase records, SiteRegistry sites, IHomeCards? homes, TimeProvider time) =>
        (_index, _records, _sites, _homes, _time) = (index, records, sites, homes, time);

    /// <summary>At the zone, collects cards until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(AskEvery, _time);
        do
        {
            if (_homes is { } homes && _index.IsOfZone)
            {
                // Several at once, so that none waits long for a site that is away.
                await Parallel.ForEachAsync(
                    (await _sites.StateAsync(ct)).Sites.Where(static site => site.RemovedAt is null),
                    new ParallelOptions { MaxDegreeOfParallelism = MaxSites, CancellationToken = ct },
                    async (site, stop) => await CollectAsync(homes, site.Id, stop));
            }
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    /// <summary>Returns the next cards of datasets at home here.</summary>
    /// <param name="positions">Up to which change the zone has those of each index of this site.</param>
    public async Task<SearchCardPage> ReadAsync(IReadOnlyDictionary<string, long> positions, CancellationToken ct)
    {
        (string life, IReadOnlyList<(DatasetId Dataset, string Files, long Change)> changed) = await _index.ReadAsync(
            reader => (reader.Life, reader.ChangedAfter(positions.GetValueOrDefault(reader.Life), MaxCards)), ct);
        HashSet<DatasetId> own = await _index.AtHomeHereAsync([.. changed.Select(static one => one.Dataset)], ct);
        Dictionary<DatasetId, string?> documents = await _records.ReadAsync(
            queries => queries.Datasets(own)
                .Where(static dataset => dataset is { TrashedUntil: null, Ended: null })
                .ToDictionary(static dataset => dataset.Id, dataset => queries.Metadata(dataset.Key)?.Document),
            ct);
        var cards = new List<SearchCard>();
        int characters = 0;
        long position = positions.GetValueOrDefault(life);
        foreach ((DatasetId dataset, string files, long change) in changed)
        {
            if (characters > MaxAnswerCharacters)
            {
                break;
            }

            position = change;
            if (documents.TryGetValue(dataset, out string? document))
            {
                cards.Add(new SearchCard(
                    dataset, document?.Length > MaxDocumentCharacters ? null : document,
                    files.Length > MaxFilesCharacters ? "" : files));
                characters += (document?.Length ?? 0) + files.Length;
            }
        }

        bool isMore = changed.Count == MaxCards || (changed.Count > 0 && position < changed[^1].Change);
        return new SearchCardPage(life, position, isMore, cards);
    }

    private async Task CollectAsync(IHomeCards homes, string site, CancellationToken ct)
    {
        for (int answers = 0; answers < MaxAnswers; answers++)
        {
            IReadOnlyDictionary<string, long> positions = await _index.PositionsAsync(site, ct);
            if (!(await homes.FetchAsync(site, positions, ct)).TryGet(out SearchCardPage? page, out _))
            {
                // It is away, or of an earlier release: its datasets are found by their summaries.
                return;
            }

            if (page.Life.Length == 0)
            {
                if (positions.Count > 0)
                {
                    await _index.RemoveCardsAsync(site, ct);
                }

                return;
            }

            bool isNews = page.Cards.Count > 0 || page.Position != positions.GetValueOrDefault(page.Life);
            if (!isNews)
            {
                return;
            }

            await _index.PutCardsAsync(site, page.Cards, page.Life, page.Position, ct);
            if (!page.IsMore)
            {
                return;
            }
        }
    }
}

/// <param name="Life">The name of the index at the home to which the position belongs; empty if the site gives no cards.</param>
/// <param name="Position">The change up to which the site has now given them.</param>
/// <param name="IsMore">True if more cards follow.</param>
public sealed record SearchCardPage(string Life, long Position, bool IsMore, IReadOnlyList<SearchCard> Cards)
{
    /// <summary>The answer of a site that gives none.</summary>
    public static SearchCardPage None { get; } = new("", 0, false, []);
}
