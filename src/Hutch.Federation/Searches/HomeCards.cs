using System.Text.Json;
using Hutch.Datasets.Search;
using Hutch.Federation.Copies;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Model.Search;

namespace Hutch.Federation.Searches;

/// <summary>Fetches the cards of datasets from their homes, and checks them. Thread-safe.</summary>
internal sealed class HomeCards(CallerPeers peers) : IHomeCards
{
    private const int MaxLifeCharacters = 64;

    /// <summary>The deepest metadata that are taken in.</summary>
    private const int MaxDepth = 64;

    private readonly AnswerTimeout _timeout = new(TimeSpan.FromSeconds(10), peers.Time);

    public async Task<Result<SearchCardPage>> FetchAsync(
        string siteId, IReadOnlyDictionary<string, long> positions, CancellationToken ct) =>
        (await peers.FindSiteAsync(siteId, ct)).TryGet(out SiteClient? home, out HutchError? refusal)
            ? (await _timeout.CallAsync(home, home.Address, PeerCalls.Cards, new CardsRequest { Positions = positions }, ct)).Then(Check)
            : refusal;

    /// <summary>Refuses a wrong page as a whole, and leaves out metadata that cannot be read.</summary>
    internal static Result<SearchCardPage> Check(SearchCardPage page) =>
        page.Life.Length > MaxLifeCharacters || page.Position < 0 || page.Cards.Count > SearchCards.MaxCards || page.Cards.Contains(null!)
            || page.Cards.Any(static card => card.Files.Length > SearchCards.MaxFilesCharacters
                || card.Document?.Length > SearchCards.MaxDocumentCharacters)
            ? ErrorCode.InvalidBody.With("The site sent cards that are too long or too many.")
            : page with { Cards = [.. page.Cards.Select(static card => IsObject(card.Document) ? card : card with { Document = null })] };

    private static bool IsObject(string? document)
    {
        if (document is null)
        {
            return false;
        }

        try
        {
            using var parsed = JsonDocument.Parse(document, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return parsed.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
