using Hutch.Datasets.Registry;
using Hutch.Datasets.Search;
using Hutch.Federation.Reading;
using Hutch.Federation.Wire;
using Hutch.Zone.Authorization;

namespace Hutch.Federation.Doors;

/// <summary>
/// Searches that sites pass on to the zone, and cards that the zone requests from homes. The zone trusts a site only about which token was
/// used there.
/// </summary>
internal sealed class SearchRequests(
    SiteRegistry registry, SiteReaders readers, DatasetSearch search, SearchCards cards, bool givesCards, TimeProvider time)
{
    /// <summary>The most positions of a request: each server of a site has an index.</summary>
    private const int MaxPositions = 64;

    /// <summary>The searches of a site that are answered at a time; more wait for a moment.</summary>
    private const int MaxAtOnce = 4;

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

    public void AddTo(SiteRoutes routes)
    {
        routes.Add(PeerCalls.Search, AnswerAsync);
        routes.Add(PeerCalls.Cards, GiveCardsAsync);
    }

    public async Task<Result<SearchResponse>> AnswerAsync(BlobHash key, SearchRequest request, CancellationToken ct)
    {
        if (!(await SiteRequests.FindSenderAsync(registry, key, ct)).TryGet(out SitePeer? site, out HutchError? refusal))
        {
            return refusal;
        }

        Result<Caller> caller = request.Token is { } token ? await readers.FindAsync(site.Id, token, ct) : Caller.Anonymous;
        if (!caller.IsOk)
        {
            return caller.Error;
        }

        var question = new SearchQuestion(request.Text)
        {
            Sort = request.Sort,
            Cursor = request.Cursor,
            Limit = request.Limit,
            IsCount = request.IsCount,
        };
        SemaphoreSlim turns = _turns.GetOrAdd(site.Id, static _ => new SemaphoreSlim(MaxAtOnce));
        if (!await HomeCircuitBreaker.EnterAsync(turns, time.GetTimestamp(), time, ct))
        {
            return ErrorCode.Unavailable.With($"The zone answers {MaxAtOnce} other searches of this site. Try again.");
        }

        try
        {
            return (await search.AnswerAsync(site.Id, caller.Value, question, ct)).Then(ToResponse);
        }
        finally
        {
            turns.Release();
        }
    }

    public async Task<Result<CardsAnswer>> GiveCardsAsync(BlobHash key, CardsRequest request, CancellationToken ct)
    {
        if (registry.Zone is not { } zone || zone.Key != key)
        {
            return ErrorCode.Forbidden.With("A site gives cards of its datasets to its zone only.");
        }

        if (request.Positions.Count > MaxPositions)
        {
            return ErrorCode.BadRequest.With($"A request has at most {MaxPositions} positions.");
        }

        SearchCardPage page = givesCards ? await cards.ReadAsync(request.Positions, ct) : SearchCardPage.None;
        return new CardsAnswer
        {
            Life = page.Life,
            Position = page.Position,
            IsMore = page.IsMore,
            Cards =
            [
                .. page.Cards.Select(static card => new CardLine
                {
                    Dataset = card.Dataset,
                    Document = card.Document,
                    Files = card.Files,
                }),
            ],
        };
    }

    private static Result<SearchResponse> ToResponse(SearchAnswer answer) => new SearchResponse
    {
        Datasets = answer.Datasets,
        Next = answer.Next,
        Counts = answer.Counts is { } counts ? ToLine(counts) : null,
    };

    private static CountsLine ToLine(DatasetFacets counts) => new()
    {
        Found = counts.Found,
        IsMore = counts.IsMore,
        Notes = counts.Notes,
        Facets =
        [
            .. counts.Facets.Select(static facet => new FacetLine
            {
                Name = facet.Name,
                Title = facet.Title,
                Kind = facet.Kind,
                IsMore = facet.IsMore,
                Unit = facet.Unit,
                Least = facet.Least,
                Greatest = facet.Greatest,
                Values =
                [
                    .. facet.Values.Select(static value => new FacetValueLine
                    {
                        Shown = value.Shown,
                        Datasets = value.Datasets,
                        Query = value.Query,
                    }),
                ],
            }),
        ],
    };
}
