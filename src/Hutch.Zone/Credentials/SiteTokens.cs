using Hutch.Zone.Authorization;

namespace Hutch.Zone.Credentials;

/// <summary>Tokens that were presented to another site, which forwards their public part.</summary>
internal static class SiteTokens
{
    /// <summary>The same refusal for a missing token and for one of another site, so that requests do not reveal tokens.</summary>
    private static readonly HutchError NotItsToken = ErrorCode.Unauthenticated.With("There is no valid token with this id for this site.");

    /// <summary>
    /// Returns the id of the token that the zone made of a narrowable one for a site, which the site finds so by the id in a key; the same
    /// id at the zone.
    /// </summary>
    public static string IdAt(string? siteId, string tokenId) => siteId is null
        ? tokenId
        : BlobHash.Compute(Encoding.ASCII.GetBytes($"hutch-narrowable-1\n{tokenId}\n{siteId}")).ToString()[..TokenText.IdLength];

    /// <summary>Returns the valid tokens of an account for a site that can create datasets.</summary>
    public static IEnumerable<TokenRecord> ListMaking(ZoneTables tables, PrincipalId user, string siteId) =>
        tables.Tokens.GoodOf(user).Where(token =>
            token.Scope.Datasets is null && token.Scope.Site == siteId && token.Scope.Opens.Count == 0
            && token.Scope.Carries(Operation.DatasetCreate.Scope));

    /// <summary>At the zone: returns true if an account has a valid token or login for a site that can create datasets.</summary>
    public static bool HasMaking(ZoneTables tables, PrincipalId user, string siteId) =>
        ListMaking(tables, user, siteId).Any() || tables.Tokens.GoodLoginsOf(user, siteId).Any(
            static token => token.Scope.Carries(Operation.DatasetCreate.Scope));

    /// <summary>
    /// Returns the caller of a token, which must be one for the site that forwards it. A narrowable one opens its own site only: nothing
    /// proves to this site which key was presented there. Its roles count for what is at home at that site, so
    /// that the site itself can do no more elsewhere than the rights of the account allow.
    /// </summary>
    /// <param name="isNew">True if it is about a dataset that will be at home at that site, so that all roles count.</param>
    public static Result<Caller> FindCaller(
        ZoneTables tables, string siteId, string tokenId, DateTimeOffset now, bool isNew = false) =>
        tables.Tokens.Find(tokenId) is { RevokedAt: null, Scope.IsNarrowable: false } token && token.Scope.Site == siteId
            && !(token.ExpiresAt <= now) && tables.Principals.FindUser(token.UserId) is { DisabledAt: null } user
            && FindEndOfParent(tables, token, now) is null
            ? CallerAt(tables, siteId, user, token, isTrusted: isNew)
            : NotItsToken;

    /// <summary>Returns the caller of a credential of the zone, for which the zone has confirmed the account and the scope.</summary>
    public static Result<Caller> FindCaller(ZoneTables tables, string zoneId, ForwardedCaller vouched, DateTimeOffset now) =>
        !(vouched.ExpiresAt <= now) && tables.Principals.FindUser(vouched.UserId) is { DisabledAt: null } user
            ? CallerAt(
                tables, zoneId, user,
                new TokenRecord(vouched.Credential, user.Id, null, default, vouched.Scope, now, vouched.ExpiresAt, null, null),
                isTrusted: true)
            : ErrorCode.Unauthenticated.With("At the home of this dataset the account is not known, or disabled, or its login has ended.");

    /// <summary>Returns the reason why a token has ended with its parent; null when it has not.</summary>
    public static HutchError? FindEndOfParent(ZoneTables tables, TokenRecord token, DateTimeOffset now) =>
        token.Scope.Parent is not { } parent
            || (tables.Tokens.Find(parent) is { RevokedAt: null } of && of.UserId == token.UserId && !(of.ExpiresAt <= now))
            ? null
            : ErrorCode.Unauthenticated.With("This token was for a step of a program, and ended with the token of who ran that.");

    private static Caller CallerAt(ZoneTables tables, string siteId, UserRecord user, TokenRecord token, bool isTrusted) =>
        Caller.ForTokenAt(
            siteId, user, tables.Memberships.GroupsOf(user.Id), RoleSet.From([.. tables.Roles.ListFor(user.Id)]), token, isTrusted);
}
