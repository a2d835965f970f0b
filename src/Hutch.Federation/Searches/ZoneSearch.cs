using Hutch.Datasets.Search;
using Hutch.Federation.Copies;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;

namespace Hutch.Federation.Searches;

/// <summary>Sends searches to the zone. While it is away, the searches of the next moment do not wait for it. Thread-safe.</summary>
internal sealed class ZoneSearch(CallerPeers peers) : IZoneSearch
{
    /// <summary>The longest time of a search: after it, the site answers for itself.</summary>
    private readonly AnswerTimeout _timeout = new(TimeSpan.FromSeconds(5), peers.Time);

    private readonly AwayMark _mark = new(TimeSpan.FromSeconds(5), peers.Time);

    public async Task<Result<SearchAnswer>> SearchAsync(string? token, SearchQuestion question, CancellationToken ct)
    {
        if (_mark.Away is { } away)
        {
            return away;
        }

        var request = new SearchRequest { Token = token, Question = question };
        Result<SearchAnswer> answer = await peers.CallZoneAsync(_timeout, "", PeerCalls.Search, request, ct);
        _mark.Record(answer.Error?.Code == ErrorCode.Unavailable ? answer.Error : null);
        return answer;
    }
}
