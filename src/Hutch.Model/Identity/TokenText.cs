using System.Buffers;

namespace Hutch.Model;

/// <summary>
/// The form of tokens and share links: <c>hutch_ZONE_ID_SECRET</c> and <c>hutchlink_ZONE_ID_SECRET</c>, where zone and id are 16 hex digits
/// each. Those issued before zones had ids have no zone.
/// </summary>
public static class TokenText
{
    /// <summary>Characters of the id of a zone, and of that of a token.</summary>
    public const int IdLength = 16;

    /// <summary>Characters of the secret.</summary>
    public const int SecretLength = 43;

    /// <summary>How a token begins.</summary>
    public const string Token = "hutch_";

    /// <summary>How a share link's secret begins.</summary>
    public const string Link = "hutchlink_";

    /// <summary>How the secret of an invite for a site begins; the rest is as in a token.</summary>
    public const string Join = "hutchjoin_";

    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("0123456789abcdef");

    /// <summary>
    /// The id of the zone that issued a token or a share link, which is to be sent to the addresses of this zone only. Empty when it names
    /// none. A server says which zone it is at <c>GET /api/v1/</c>.
    /// </summary>
    public static ReadOnlySpan<char> ZoneOf(ReadOnlySpan<char> token)
    {
        int start = token.StartsWith(Token, StringComparison.Ordinal) ? Token.Length
            : token.StartsWith(Link, StringComparison.Ordinal) ? Link.Length
            : token.StartsWith(Join, StringComparison.Ordinal) ? Join.Length
            : 0;
        return start > 0
            && token.Length == start + (2 * (IdLength + 1)) + SecretLength
            && token[start + IdLength] == '_'
            && IsId(token.Slice(start, IdLength))
            ? token.Slice(start, IdLength)
            : [];
    }

    /// <summary>Whether it has the form of an id.</summary>
    public static bool IsId(ReadOnlySpan<char> text) => text.Length == IdLength && !text.ContainsAnyExcept(IdCharacters);
}
