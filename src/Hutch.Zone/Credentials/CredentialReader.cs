using Hutch.Zone.Authorization;

namespace Hutch.Zone.Credentials;

internal sealed class CredentialReader(ZoneDatabase zone, TimeProvider time)
{
    /// <summary>The most visits of an instrument that a screen knows, the running ones first.</summary>
    private const int MaxVisits = 100;

    public ValueTask<CredentialFacts?> LoadAsync(string id, CredentialKind kind, CancellationToken ct) => zone.ReadAsync(
        tables => kind switch
        {
            CredentialKind.Link => LoadLink(tables, id),
            CredentialKind.Session => LoadSession(tables, id),
            _ => LoadToken(tables, id),
        },
        ct);

    private CredentialFacts? LoadToken(ZoneTables tables, string id)
    {
        if (tables.Tokens.Find(id) is not TokenRecord token || tables.Principals.FindUser(token.UserId) is not UserRecord user)
        {
            return null;
        }

        HutchError? refusal = token.RevokedAt is DateTimeOffset at
            ? ErrorCode.Unauthenticated.With($"This token was revoked on {Display.Minute(at)}.")
            : token.Scope.Site != zone.Joined?.SiteId ? CredentialRefusals.OtherSite(tables.Sites.Find(token.Scope.Site ?? "")?.Name)
            : CredentialRefusals.Disabled(user) ?? FindLossOfRole(tables, token)
                ?? SiteTokens.FindEndOfParent(tables, token, time.GetUtcNow());
        Caller? caller = refusal is null
            ? token.Scope.Instrument is null
                ? Caller.ForToken(user, tables.Memberships.GroupsOf(user.Id), RolesOf(tables, user.Id), token)
                : Caller.ForScreen(token, VisitsOf(tables, token), null)
            : null;
        return new CredentialFacts(CredentialKind.Token, token.SecretHash, caller, refusal, token);
    }

    private CredentialFacts? LoadLink(ZoneTables tables, string id)
    {
        if (tables.Links.Find(id) is not LinkRecord link)
        {
            return null;
        }

        HutchError? refusal = EndOf(tables, link);
        return new CredentialFacts(CredentialKind.Link, link.SecretHash, refusal is null ? Caller.ForLink(link) : null, refusal);
    }

    private HutchError? EndOf(ZoneTables tables, LinkRecord link) =>
        link.RevokedAt is not null ? ErrorCode.Unauthenticated.With(
            $"This share link was revoked.{CredentialRefusals.WhatToDo(CredentialKind.Link)}")
        : IssuerRights.IsStillValid(tables, link, time.GetUtcNow()) ? null
        : ErrorCode.Unauthenticated.With(
            "This share link no longer works: its creator may not share the dataset any "
            + $"more.{CredentialRefusals.WhatToDo(CredentialKind.Link)}");

    private CredentialFacts? LoadSession(ZoneTables tables, string id)
    {
        if (tables.Sessions.Find(id) is not SessionRecord session)
        {
            return null;
        }

        if (session.EndedAt is not null)
        {
            return Refused(ErrorCode.Unauthenticated.With("Your session was closed. Log in again."));
        }

        if (session.UserId is not PrincipalId owner)
        {
            return tables.Links.Find(session.LinkId!) is not LinkRecord link ? null
                : EndOf(tables, link) is HutchError ended ? Refused(ended)
                : new CredentialFacts(CredentialKind.Session, session.SecretHash, Caller.ForLink(link, session), null);
        }

        if (tables.Principals.FindUser(owner) is not UserRecord user)
        {
            return null;
        }

        TokenRecord? token = session.TokenId is { } tokenId ? tables.Tokens.Find(tokenId) : null;
        if (CredentialRefusals.Disabled(user) is HutchError disabled)
        {
            return Refused(disabled);
        }

        if (session.TokenId is not null && (token is not { RevokedAt: null } || token.ExpiresAt <= time.GetUtcNow()))
        {
            return Refused(token?.Scope.Instrument is not null
                ? CredentialRefusals.EndOfScreen()
                : ErrorCode.Unauthenticated.With("Your login at the zone has ended. Log in again."));
        }

        if (token?.Scope.Instrument is not null)
        {
            return new CredentialFacts(
                CredentialKind.Session, session.SecretHash, Caller.ForScreen(token, VisitsOf(tables, token), session),
                FindLossOfRole(tables, token));
        }

        return new CredentialFacts(
            CredentialKind.Session, session.SecretHash,
            Caller.ForSession(user, tables.Memberships.GroupsOf(user.Id), RolesOf(tables, user.Id), session, token), null);

        CredentialFacts Refused(HutchError refusal) => new(CredentialKind.Session, session.SecretHash, null, refusal);
    }

    /// <summary>Returns the refusal of a screen's token whose account is no administrator any more; otherwise null.</summary>
    private static HutchError? FindLossOfRole(ZoneTables tables, TokenRecord token) =>
        token.Scope.Instrument is null || RolesOf(tables, token.UserId).Intersects(Operation.VisitChange.Roles)
            ? null
            : ErrorCode.Unauthenticated.With("The account that made the token of this screen is no administrator any more.");

    /// <summary>Returns the visits of the instrument of a screen's token that have not ended, as if it were a member.</summary>
    private static MembershipRecord[] VisitsOf(ZoneTables tables, TokenRecord token) =>
    [
        .. tables.Visits.ListNotEnded(token.Scope.Instrument!, MaxVisits)
            .Select(static visit => new MembershipRecord(visit.Id, visit.Name, Manager: false)
            {
                WritesUntil = visit.End,
                Begins = visit.Begin,
            }),
    ];

    internal static RoleSet RolesOf(ZoneTables tables, PrincipalId user) => RoleSet.From([.. tables.Roles.ListFor(user)]);
}

/// <param name="Refusal">The reason for a refusal, regardless of the time.</param>
internal sealed record CredentialFacts(
    CredentialKind Kind, BlobHash SecretHash, Caller? Caller, HutchError? Refusal, TokenRecord? Token = null);
