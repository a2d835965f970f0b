using System.Text.Json;
using Hutch.Zone.SignedTokens;

namespace Hutch.Zone.Partners;

/// <summary>
/// The checked claims of a partner's token (WLCG Common JWT Profiles 1.2, section 2). The signature is checked elsewhere.
/// </summary>
/// <param name="Paths">The paths of its scopes <c>storage.read</c>.</param>
/// <param name="Groups">Its groups; none for a token with any scope of the profile, whose groups do not count (section 2.2.3).</param>
internal sealed record PartnerClaims(
    string Subject, DateTimeOffset ExpiresAt, IReadOnlyList<StoragePath> Paths, IReadOnlyList<string> Groups)
{
    private const int MaxSubjectCharacters = 255;
    private const int MaxWords = 256;
    private const string ReadScope = "storage.read";

    private static readonly string[] StorageScopes =
        [ReadScope, "storage.create", "storage.modify", "storage.stage", "storage.poll"];

    private static readonly string[] ComputeScopes = ["compute.read", "compute.modify", "compute.create", "compute.cancel"];

    /// <summary>Checks the claims; the refusal is the reason, as the rest of a sentence.</summary>
    public static Result<PartnerClaims> Check(SignedToken token, PartnerIssuerOptions issuer, DateTimeOffset now)
    {
        JsonElement claims = token.Claims;
        TimeSpan skew = TimeSpan.FromSeconds(issuer.ClockSkewSeconds);
        DateTimeOffset? end = SignedToken.Time(claims, "exp");
        DateTimeOffset? made = SignedToken.Time(claims, "iat");
        string? subject = SignedToken.Text(claims, "sub");
        string? wrong = claims switch
        {
            _ when SignedToken.Text(claims, "iss") != issuer.Issuer => "it is of another issuer",
            _ when !IsKnownVersion(SignedToken.Text(claims, "wlcg.ver")) => "its 'wlcg.ver' is not 1.0 or another 1.x",
            _ when TextsOf(claims, "aud") is not { } audience || !audience.Intersect(issuer.Audiences, StringComparer.Ordinal).Any() =>
                "it is for another audience",
            _ when end is null => "it has no end ('exp')",
            _ when end + skew <= now => $"it expired on {Display.Minute(end.Value)}",
            _ when made is null => "it does not say when it was made ('iat')",
            _ when made - skew > now => "it is from the future",
            _ when end - made > TimeSpan.FromMinutes(issuer.MaxMinutes) => $"it lives longer than {issuer.MaxMinutes} minutes",
            _ when claims.TryGetProperty("nbf", out _) && !(SignedToken.Time(claims, "nbf") - skew <= now) => "it is not valid yet",
            _ when !IsSubject(subject) => "it does not say who has it ('sub')",
            _ => null,
        };
        return wrong is not null
            ? Refuse(wrong)
            : ReadRights(claims).Then<PartnerClaims>(
                rights => new PartnerClaims(subject!, end!.Value + skew, rights.Paths, rights.Groups));
    }

    private static Result<(IReadOnlyList<StoragePath> Paths, IReadOnlyList<string> Groups)> ReadRights(JsonElement claims)
    {
        bool hasScope = claims.TryGetProperty("scope", out JsonElement scope);
        string text = SignedToken.Text(claims, "scope") ?? "";
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if ((hasScope && scope.ValueKind != JsonValueKind.String) || words.Length > MaxWords)
        {
            return Refuse($"its 'scope' is not a text of at most {MaxWords} words");
        }

        var paths = new List<StoragePath>();
        bool hasCapability = false;
        foreach (string word in words)
        {
            int colon = word.IndexOf(':', StringComparison.Ordinal);
            string name = colon < 0 ? word : word[..colon];
            bool isStorage = StorageScopes.Contains(name, StringComparer.Ordinal);
            hasCapability |= isStorage || ComputeScopes.Contains(name, StringComparer.Ordinal);
            if (!isStorage)
            {
                continue;
            }

            Result<StoragePath> path = StoragePath.Parse(colon < 0 ? "" : word[(colon + 1)..]);
            if (!path.IsOk)
            {
                return Refuse($"its scope {Display.Quote(word)} has no normalized path");
            }

            if (name == ReadScope)
            {
                paths.Add(path.Value);
            }
        }

        if (TextsOf(claims, "wlcg.groups") is not { Count: <= MaxWords } groups || !groups.All(StoragePath.IsGroup))
        {
            return Refuse($"its 'wlcg.groups' is not a list of at most {MaxWords} groups");
        }

        return (paths, hasCapability ? [] : groups);
    }

    private static bool IsKnownVersion(string? version) =>
        version?.Split('.') is ["1", { Length: > 0 and <= 4 } minor] && minor.All(char.IsAsciiDigit);

    // It becomes part of a name in the audit and the log.
    private static bool IsSubject(string? subject) =>
        subject is { Length: > 0 and <= MaxSubjectCharacters } && subject.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0;

    /// <summary>Returns the texts of a claim, none for an absent one; null if it is neither a text nor a list of texts.</summary>
    private static IReadOnlyList<string>? TextsOf(JsonElement claims, string name)
    {
        if (!claims.TryGetProperty(name, out JsonElement value))
        {
            return [];
        }

        IReadOnlyList<string> texts = SignedToken.Texts(claims, name);
        bool isList = value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == texts.Count;
        return isList || (value.ValueKind == JsonValueKind.String && name == "aud") ? texts : null;
    }

    private static HutchError Refuse(string reason) => ErrorCode.Unauthenticated.With(reason);
}
