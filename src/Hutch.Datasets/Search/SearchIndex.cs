using Hutch.Catalog.Search;
using Hutch.Catalog.Zone;
using Hutch.Datasets.Lineage;
using Hutch.Model.Search;
using Hutch.Zone.Accounts;
using Hutch.Zone.Changes;

namespace Hutch.Datasets.Search;

/// <summary>
/// Finds datasets by words. The index follows the events of the site and the audit of the zone, each by a cursor. Each search first brings
/// it up to date, so that callers find their latest changes. At the zone, it also has the datasets of other sites, by the summaries in the
/// feed and by the cards of <see cref="SearchCards"/>; a search waits for a part of these only.
/// </summary>
/// <remarks>Thread-safe. It narrows: the caller asks the authorization point too before it shows a result.</remarks>
public sealed class SearchIndex
{
    private const int ChangesAtOnce = 1000;
    private const int FillAtOnce = 500;

    /// <summary>Parts of the index that are left as they are.</summary>
    private const int FewParts = 4;

    private static readonly TimeSpan MergesAgainAfter = TimeSpan.FromDays(1);

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    private static readonly string[] Kinds =
    [
        "dataset.created", "dataset.described", "dataset.closed", "dataset.trashed", "dataset.restored", "dataset.ended", "metadata.set",
        "snapshot.taken",
    ];

    private readonly SearchDatabase _index;
    private readonly SiteDatabase _site;
    private readonly SearchFiles _files;
    private readonly SearchDocuments _documents;
    private readonly ZoneChanges _zone;
    private readonly AccountService _accounts;
    private readonly TypeLibrary _types;
    private readonly TimeProvider _time;

    // Only what follows all changes merges.
    private DateTimeOffset _mergesFrom;
    private bool _isMerging;

    internal SearchIndex(
        SearchDatabase index, SiteDatabase site, SearchFiles files, SearchDocuments documents, ZoneChanges zone, AccountService accounts,
        TypeLibrary types, TimeProvider time)
    {
        (_index, _site, _files, _documents) = (index, site, files, documents);
        (_zone, _accounts, _types, _time) = (zone, accounts, types, time);
    }

    /// <summary>True if it has the datasets of all sites: at the zone, not at a site that has joined one.</summary>
    public bool IsOfZone => !_zone.IsView;

    /// <summary>
    /// Keeps the index up to date now and then until it is cancelled, so that a search after a large import does not wait.
    /// </summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Step, _time);
        do
        {
            await CatchUpAsync(readsAllFiles: true, ct);
            if (_documents.Ended is { Count: > 0 } ended && await _index.WipeAsync(ended, ct))
            {
                // Their words went from the file now, and not with the next merge.
                _documents.Forget(ended);
            }
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    /// <summary>
    /// Finds datasets that have a word beginning with each typed word, and the requested types and attributes, newest first, among those
    /// that the caller may find.
    /// </summary>
    /// <param name="below">The end of the page before; null for the first.</param>
    public async Task<Result<IReadOnlyList<SearchHit>>> FindAsync(
        SearchScope scope, SearchQuery query, long? below, int limit, CancellationToken ct)
    {
        return await ExpressionAsync(scope, query, ct) is { } expression
            ? await FindAsync(expression, below, limit, ct)
            : Result<IReadOnlyList<SearchHit>>.Ok([]);
    }

    /// <summary>The same in another order; null in place of the hits when there are too many to be ordered.</summary>
    /// <param name="after">The end of the page before; null for the first.</param>
    public async Task<Result<IReadOnlyList<(SearchHit Hit, SearchCursor Place)>?>> FindAsync(
        SearchScope scope, SearchQuery query, SearchOrder order, SearchCursor? after, int limit, CancellationToken ct)
    {
        return await ExpressionAsync(scope, query, ct) is { } expression
            ? await RequestAsync((reader, _) => reader.Find(expression, order, after, limit), mustBeCurrent: true, ct)
            : Result<IReadOnlyList<(SearchHit Hit, SearchCursor Place)>?>.Ok([]);
    }

    /// <summary>Counts the values of some fields among the datasets that a query finds and the caller may find.</summary>
    public async Task<Result<FacetCounts>> CountAsync(
        SearchScope scope, SearchQuery query, IReadOnlyCollection<SearchField> fields, int mostDatasets, int mostValues,
        CancellationToken ct)
    {
        return await ExpressionAsync(scope, query, ct) is { } expression
            ? await RequestAsync((reader, _) => reader.Count(expression, fields, mostDatasets, mostValues), mustBeCurrent: true, ct)
            : new FacetCounts(0, false, []);
    }

    /// <summary>Finds the newest datasets of the caller, as a list of names has them.</summary>
    /// <param name="below">The end of the page before; null for the first.</param>
    public Task<Result<IReadOnlyList<SearchHit>>> NewestAsync(
        Caller caller, bool withPublic, long? below, int limit, CancellationToken ct)
    {
        SearchReach reach = SearchReach.OfPerson(caller, withPublic);
        return FindAsync(SearchExpression.All(reach.Audience) with { Within = reach.Within }, below, limit, ct);
    }

    /// <summary>Those of some datasets that a query finds; none for one that asks nothing.</summary>
    public async Task<Result<IReadOnlyCollection<DatasetId>>> FindAmongAsync(
        SearchQuery query, IReadOnlyCollection<DatasetId> datasets, CancellationToken ct)
    {
        return datasets.Count > 0 && Expression(query, new SearchReach(null, null)) is { } expression
            ? await RequestAsync((reader, _) => FindAmong(reader, expression, datasets), mustBeCurrent: false, ct)
            : Result<IReadOnlyCollection<DatasetId>>.Ok([]);
    }

    /// <summary>Finds where some datasets have the words of a query, apart from name, title and type.</summary>
    public async Task<IReadOnlyDictionary<DatasetId, SearchMatch>> MatchesAsync(
        SearchQuery query, IReadOnlyDictionary<DatasetId, bool> mayList, CancellationToken ct)
    {
        IReadOnlyList<string> words = SearchExpression.WordsOf(query.Text);
        Result<IReadOnlyDictionary<DatasetId, IndexedText>> texts = words.Count == 0 || mayList.Count == 0
            ? Result<IReadOnlyDictionary<DatasetId, IndexedText>>.Ok(new Dictionary<DatasetId, IndexedText>())
            : await _index.ReadAsync(reader => reader.TextsOf([.. mayList.Keys]), ct);
        return texts.IsOk
            ? texts.Value.Select(text => (text.Key, Match: SearchMatch.Find(words, text.Value, mayList[text.Key])))
                .Where(static one => one.Match is not null).ToDictionary(static one => one.Key, static one => one.Match!)
            : new Dictionary<DatasetId, SearchMatch>();
    }

    /// <summary>Reads the index when it is up to date, for the zone.</summary>
    internal async Task<T> ReadAsync<T>(Func<SearchReader, T> read, CancellationToken ct) =>
        (await RequestAsync((reader, _) => read(reader), mustBeCurrent: false, ct)).Value;

    /// <summary>Returns those of some datasets that are at home at this site.</summary>
    internal Task<HashSet<DatasetId>> AtHomeHereAsync(IReadOnlyCollection<DatasetId> datasets, CancellationToken ct) =>
        _documents.OfHomeAsync(_zone.SiteId, datasets, ct);

    /// <summary>Takes in cards of a site's datasets; returns when they can be found.</summary>
    internal Task PutCardsAsync(string site, IReadOnlyList<SearchCard> cards, string life, long position, CancellationToken ct) =>
        _index.UpdateAsync(
            async writer =>
            {
                HashSet<DatasetId> own = await _documents.OfHomeAsync(site, [.. cards.Select(static card => card.Dataset)], ct);
                foreach (SearchCard card in cards.Where(card => own.Contains(card.Dataset)))
                {
                    writer.PutCard(site, card);
                }

                writer.SetPosition(site, life, position);
                await _documents.PutAgainAsync(writer, own, _types.Current, ct);
                return true;
            },
            ct);

    /// <summary>Forgets all cards of a site, which gives none any more.</summary>
    internal async Task RemoveCardsAsync(string site, CancellationToken ct)
    {
        bool isDone;
        do
        {
            isDone = await _index.UpdateAsync(
                async writer =>
                {
                    writer.RemovePositions(site);
                    IReadOnlyList<DatasetId> without = writer.RemoveCards(site, FillAtOnce);
                    await _documents.PutAgainAsync(writer, [.. without], _types.Current, ct);
                    return without.Count < FillAtOnce;
                },
                ct);
        }
        while (!isDone);
    }

    internal Task<IReadOnlyDictionary<string, long>> PositionsAsync(string site, CancellationToken ct) =>
        _index.UpdateAsync(writer => Task.FromResult(writer.Positions(site)), ct);

    /// <summary>Takes in what happened since the last time.</summary>
    /// <param name="readsAllFiles">
    /// True if the names of all files that are not read yet are taken in; else of as many as a search waits for.
    /// </param>
    internal async Task CatchUpAsync(bool readsAllFiles, CancellationToken ct)
    {
        while (!await _index.UpdateAsync(writer => AdvanceAsync(writer, readsAllFiles, ct), ct))
        {
            // The next part, in a transaction of its own.
        }
    }

    private static IReadOnlyCollection<DatasetId> FindAmong(
        SearchReader reader, SearchExpression expression, IReadOnlyCollection<DatasetId> datasets)
    {
        IReadOnlyDictionary<long, DatasetId> keys = reader.KeysOf(datasets);
        return [.. reader.FindAmong(expression, [.. keys.Keys]).Select(key => keys[key])];
    }

    /// <summary>The expression of a query; null for one of signs only, which finds nothing.</summary>
    private static SearchExpression? Expression(SearchQuery query, SearchReach reach)
    {
        SearchExpression? expression = query.AsksNothing
            ? SearchExpression.All(reach.Audience)
            : SearchExpression.From(query.Text, reach.Audience, query.Types, query.Conditions);
        return expression is null
            ? null
            : expression with { Within = reach.Within, Readers = reach.Readers, Managers = reach.Managers };
    }

    /// <summary>The same as far as a caller may find and know, with whom its words may mean.</summary>
    private async Task<SearchExpression?> ExpressionAsync(SearchScope scope, SearchQuery query, CancellationToken ct)
    {
        if (scope.Caller is not { } caller)
        {
            bool hasWords = query.AsksNothing || SearchExpression.From(query.Text, null, query.Types, query.Conditions) is not null;
            return hasWords ? SearchExpression.OfPublications(query.Text, query.Types, query.Conditions) : null;
        }

        if (Expression(query, SearchReach.From(caller, _zone.SiteId)) is not { } expression)
        {
            return null;
        }

        IReadOnlyDictionary<string, KnownPeople> people =
            await _accounts.FindPeopleAsync(caller, SearchExpression.WordsOf(query.Text), ct);
        return expression with
        {
            Hidden = scope.Hidden,
            WithPublications = scope.WithPublications,
            People = people.ToDictionary(word => word.Key, word => PeopleOf(word.Value)),
        };
    }

    private static SearchPeople PeopleOf(KnownPeople people) => new(
        [.. people.Known.Select(SearchAudience.Owner)],
        [.. people.Known.Concat(people.Named).Distinct().Select(SearchAudience.SharedWith)]);

    /// <summary>
    /// Finds datasets. While the rights in the index may be old, words are not searched among files and people. The later check of the
    /// authorization point is about datasets, and would not hide a match in these.
    /// </summary>
    private Task<Result<IReadOnlyList<SearchHit>>> FindAsync(SearchExpression expression, long? below, int limit, CancellationToken ct) =>
        RequestAsync(
            (reader, isCurrent) => reader.Find(isCurrent ? expression : expression.OfTextOnly, below ?? long.MaxValue, limit),
            mustBeCurrent: false,
            ct);

    /// <summary>
    /// Asks the index when it is up to date, and again when it was rebuilt during the request, after damage. Counts of an index that does
    /// not know the present rights would reveal hidden datasets.
    /// </summary>
    private async Task<Result<T>> RequestAsync<T>(Func<SearchReader, bool, T> ask, bool mustBeCurrent, CancellationToken ct)
    {
        while (true)
        {
            bool isCurrent = await TryCatchUpAsync(ct);
            if (!isCurrent && mustBeCurrent)
            {
                return ErrorCode.Unavailable.With(
                    "The index of the search cannot be written now, so that nothing is counted or sorted: see to the disk of the server.");
            }

            int remakes = _index.Remakes;
            Result<T> found = await _index.ReadAsync(reader => ask(reader, isCurrent), ct);
            if (remakes == _index.Remakes)
            {
                return found;
            }
        }
    }

    /// <summary>Brings the index up to date. On a full disk, earlier contents are still found.</summary>
    private async Task<bool> TryCatchUpAsync(CancellationToken ct)
    {
        try
        {
            await CatchUpAsync(readsAllFiles: false, ct);
            return true;
        }
        catch (Exception e) when (SiteDatabase.IsFailure(e))
        {
            return false;
        }
    }

    /// <summary>One part of the work; returns whether there is nothing left to do.</summary>
    private async Task<bool> AdvanceAsync(SearchWriter writer, bool readsAllFiles, CancellationToken ct)
    {
        SearchState state = writer.State;
        (long oldest, long newest) = await _site.ReadConsistentAsync(queries => (queries.OldestEvent(), queries.NewestEvent()), ct);
        long audited = await _zone.NewestAsync(ct);
        long fed = _zone.IsView ? 0 : await _zone.NewestFedAsync(ct);
        bool isCut = state.Filled is null
            && (newest < state.Site || oldest > state.Site + 1 || audited < state.Zone || fed < state.Feed);
        TypeCatalog types = _types.Current;
        bool isReadOtherwise = state.Filled is not 0 && state.Types != types.Fingerprint;
        if (isCut || isReadOtherwise)
        {
            // Events are missing, or a copy was restored, or a type was changed.
            writer.Clear();
            state = writer.State;
        }

        if (state.Filled is not { } filled)
        {
            return await FollowAsync(writer, state, newest, types, readsAllFiles, ct)
                && (await _files.ReadAsync(writer, ct) || !readsAllFiles)
                && (!readsAllFiles || Merge(writer));
        }

        // What happens while it is filled is followed afterwards.
        return await FillAsync(
            writer, filled == 0 ? new SearchState(newest, audited, 0, types.Fingerprint, fed) : state, filled, types, ct);
    }

    /// <summary>
    /// Makes the index one part, a little at a time, once a day and after it was filled; returns whether nothing is left.
    /// </summary>
    private bool Merge(SearchWriter writer)
    {
        if (!_isMerging && (_time.GetUtcNow() < _mergesFrom || writer.Parts <= FewParts))
        {
            return true;
        }

        _isMerging = !writer.Merge(begins: !_isMerging);
        _mergesFrom = _time.GetUtcNow() + MergesAgainAfter;
        return !_isMerging;
    }

    private async Task<bool> FillAsync(
        SearchWriter writer, SearchState state, long after, TypeCatalog types, CancellationToken ct)
    {
        IReadOnlyList<NameRecord> names = await _zone.NamedAfterAsync(after, FillAtOnce, ct);
        await _documents.PutAsync(writer, [.. names.Select(static name => name.Dataset)], types, ct);
        writer.State = state with { Filled = names.Count == 0 ? null : names[^1].CreatedAt.ToUnixTimeMilliseconds() };
        return false;
    }

    /// <param name="followsAll">True if all changes at other sites are followed; else one part, for which a search waits.</param>
    private async Task<bool> FollowAsync(
        SearchWriter writer, SearchState state, long newest, TypeCatalog types, bool followsAll, CancellationToken ct)
    {
        IReadOnlyList<SiteEvent> events = await _site.ReadAsync(queries => queries.Events(state.Site, Kinds, ChangesAtOnce), ct);
        IReadOnlyList<AuditRecord> lines = await _zone.SinceAsync(state.Zone, ChangesAtOnce, ct);
        IReadOnlyList<FedDataset> fed = _zone.IsView ? [] : await _zone.FedSinceAsync(state.Feed, ChangesAtOnce, ct);
        IReadOnlyList<DatasetId> due = writer.Due(_time.GetUtcNow(), ChangesAtOnce);
        HashSet<DatasetId> changed =
        [
            .. due, .. lines.Select(ZoneChanges.DatasetOf).Concat(events.Select(DatasetOf)).Concat(fed.Select(static one => one.Dataset))
                .OfType<DatasetId>(),
        ];
        if (changed.Count > 0)
        {
            await _documents.PutAsync(
                writer, await _site.ReadAsync(queries => FollowedParents.AddFollowers(queries, changed), ct), types, ct);
        }

        bool allEvents = events.Count < ChangesAtOnce;
        long site = Math.Max(allEvents ? newest : 0, events.Count > 0 ? events[^1].Sequence : 0);
        var reached = new SearchState(
            Math.Max(site, state.Site), lines.Count > 0 ? lines[^1].Sequence : state.Zone, null, state.Types,
            fed.Count > 0 ? fed[^1].Number : state.Feed);
        if (reached != state)
        {
            writer.State = reached;
        }

        return allEvents && lines.Count < ChangesAtOnce && due.Count < ChangesAtOnce && (fed.Count < ChangesAtOnce || !followsAll);
    }

    private static DatasetId? DatasetOf(SiteEvent happened) => happened.Dataset is { } text ? new DatasetId(Guid.Parse(text)) : null;
}
