using Hutch.Datasets.Registry;
using Hutch.Datasets.Search;
using Hutch.Federation.Doors;
using Hutch.Federation.Reading;
using Hutch.Federation.Wire;
using Hutch.Zone.Authorization;

namespace Hutch.Federation.Searches;

/// <summary>
/// Answers searches of sites at the zone, and the zone's requests for cards at a home. The zone trusts a site only about which token was
/// used there.
/// </summary>
internal sealed class SearchHandler(
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

    public async Task<Result<SearchAnswer>> AnswerAsync(BlobHash key, SearchRequest request, CancellationToken ct)
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

        SemaphoreSlim turns = _turns.GetOrAdd(site.Id, static _ => new SemaphoreSlim(MaxAtOnce));
        if (!await HomeCircuitBreaker.EnterAsync(turns, time.GetTimestamp(), time, ct))
        {
            return ErrorCode.Unavailable.With($"The zone answers {MaxAtOnce} other searches of this site. Try again.");
        }

        try
        {
            return await search.AnswerAsync(site.Id, caller.Value, request.Question, ct);
        }
        finally
        {
            turns.Release();
        }
    }

    public async Task<Result<SearchCardPage>> GiveCardsAsync(BlobHash key, CardsRequest request, CancellationToken ct)
    {
        if (registry.Zone is not { } zone || zone.Key != key)
        {
            return ErrorCode.Forbidden.With("A site gives cards of its datasets to its zone only.");
        }

        if (request.Positions.Count > MaxPositions)
        {
            return ErrorCode.BadRequest.With($"A request has at most {MaxPositions} positions.");
        }

        return givesCards ? await cards.ReadAsync(request.Positions, ct) : SearchCardPage.None;
    }
}
