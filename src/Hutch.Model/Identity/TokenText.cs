using System.Buffers;
using Hutch.Model.NarrowedTokens;

namespace Hutch.Model;

/// <summary>
/// The form of tokens and share links: <c>hutch_ZONE_ID_SECRET</c> and <c>hutchlink_ZONE_ID_SECRET</c>. Zone and id have 16 hex digits
/// each. Tokens from before zones had ids have no zone.
/// </summary>
public static class TokenText
{
    /// <summary>The number of characters of a zone's id, and of a token's id.</summary>
    public const int IdLength = 16;

    public const int SecretLength = 43;

    public const string Token = "hutch_";

    /// <summary>The prefix of a share link's secret.</summary>
    public const string Link = "hutchlink_";

    /// <summary>The prefix of the secret of a site's invite; the rest is the same as in a token.</summary>
    public const string Join = "hutchjoin_";

    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("0123456789abcdef");

    /// <summary>
    /// The id of the zone that issued a token or a share link, which may only be sent to the addresses of this zone. Empty if it names
    /// none. A server reports its zone at <c>GET /api/v1/</c>.
    /// </summary>
    public static ReadOnlySpan<char> ZoneOf(ReadOnlySpan<char> token)
    {
        if (NarrowedToken.IsOne(token))
        {
            int zone = NarrowedToken.Prefix.Length;
            return token.Length > zone + IdLength && token[zone + IdLength] == '_' && IsId(token.Slice(zone, IdLength))
                ? token.Slice(zone, IdLength)
                : [];
        }

        int start = token switch
        {
            _ when token.StartsWith(Token, StringComparison.Ordinal) => Token.Length,
            _ when token.StartsWith(Link, StringComparison.Ordinal) => Link.Length,
            _ when token.StartsWith(Join, StringComparison.Ordinal) => Join.Length,
            _ => 0,
        };
        return start > 0
            && token.Length == start + (2 * (IdLength + 1)) + SecretLength
            && token[start + IdLength] == '_'
            && IsId(token.Slice(start, IdLength))
            ? token.Slice(start, IdLength)
            : [];
    }

    public static bool IsId(ReadOnlySpan<char> text) => text.Length == IdLength && !text.ContainsAnyExcept(IdCharacters);
}
