using Hutch.Zone.Authorization;
using Hutch.Zone.Mail;

namespace Hutch.Zone.Logins;

/// <summary>
/// The consents of people to logins at sites of this zone. Any operator of a site can use every login there, so that a site gets one only
/// after its person has agreed, on a page of the zone. Thread-safe.
/// </summary>
public sealed class SiteConsents
{
    /// <summary>The page of the portal that asks for a consent.</summary>
    public const string Page = "consent";

    private const int MaxAdministrators = 5;

    private static readonly TokenScope Widest = new(TokenScopes.Read | TokenScopes.Write | TokenScopes.Manage);
    private static readonly TokenScope Narrowest = new TokenScope(TokenScopes.Read).HeldOnly();

    private readonly ZoneDatabase _zone;
    private readonly Mailbox _mailbox;
    private readonly TimeProvider _time;

    internal SiteConsents(ZoneDatabase zone, Mailbox mailbox, TimeProvider time) => (_zone, _mailbox, _time) = (zone, mailbox, time);

    /// <summary>Returns what the page of a consent shows of a site.</summary>
    /// <param name="site">The name or the id of the site.</param>
    public async ValueTask<Result<ConsentOffer>> FindAsync(Caller caller, string site, CancellationToken ct)
    {
        Result<Done> allowed = AuthorizePerson(caller, Operation.ConsentList);
        return allowed.IsOk ? await _zone.ReadAsync(tables => Find(tables, caller.UserId, site), ct) : allowed.Error;
    }

    /// <summary>Records the consent of the person at the browser, which replaces an earlier one.</summary>
    /// <param name="scope">The most that logins there carry: <c>read</c>, more scopes, and whether only what the site has.</param>
    public async ValueTask<Result<Done>> GiveAsync(Caller caller, string site, TokenScope scope, CancellationToken ct)
    {
        Result<Done> allowed = AuthorizePerson(caller, Operation.ConsentGive);
        return !allowed.IsOk ? allowed.Error
            : !scope.Carries(TokenScopes.Read) || !Widest.Covers(scope) || scope.Datasets is not null || scope.Site is not null
                ? ErrorCode.BadRequest.With("A login at a site has the scope read, and may have write and manage, too.")
            : await _zone.ChangeAsync(caller.Actor, change => Give(change, caller.UserId, site, scope), ct);
    }

    /// <summary>Lists the caller's consents that hold, the oldest first.</summary>
    public async ValueTask<Result<IReadOnlyList<GivenConsent>>> ListAsync(Caller caller, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.ConsentList);
        return allowed.IsOk
            ? Result<IReadOnlyList<GivenConsent>>.Ok(await _zone.ReadAsync(tables => List(tables, caller.UserId), ct))
            : allowed.Error;
    }

    /// <summary>Ends a consent of the caller, and with it all logins at that site.</summary>
    public async ValueTask<Result<Done>> EndAsync(Caller caller, string site, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.ConsentEnd);
        return allowed.IsOk
            ? await _zone.ChangeUnlimitedAsync<Done>(
                caller.Actor,
                change =>
                {
                    if (FindSite(change, site) is not { } known || !change.SiteConsents.End(caller.UserId, known.Id))
                    {
                        return ErrorCode.NotFound.With($"You have allowed no logins at a site {Display.Quote(site)}.");
                    }

                    int ended = change.Tokens.RevokeLoginsAt(known.Id, caller.UserId);
                    change.AddAudit(Operation.ConsentEnd.Name, "site:" + known.Name, Ended(caller.Name, ended));
                    return Done.Value;
                },
                ct)
            : allowed.Error;
    }

    /// <summary>
    /// Marks a site as trusted, so that its page offers all rights first, or removes the mark, which ends all consents for it. For
    /// administrators.
    /// </summary>
    public async ValueTask<Result<SiteRecord>> TrustAsync(Caller caller, string name, bool isTrusted, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SitesChange);
        return allowed.IsOk
            ? await _zone.ChangeAsync<SiteRecord>(
                caller.Actor,
                change =>
                {
                    if (change.Sites.FindByName(name) is not { } site)
                    {
                        return SiteName.Unknown(name);
                    }

                    if (site.TrustedAt is not null != isTrusted)
                    {
                        change.Sites.SetTrusted(site.Id, isTrusted);
                    }

                    int ended = isTrusted ? 0 : EndAll(change, site.Id);
                    change.AddAudit("site.trust", "site:" + name, $"{(isTrusted ? "trusted" : "not trusted")}; {ended} logins there ended");
                    return change.Sites.Find(site.Id)!;
                },
                ct)
            : allowed.Error;
    }

    /// <summary>Returns the consent of a user that holds for a site as it is; null for none.</summary>
    internal static SiteConsentRecord? FindValid(ZoneTables tables, PrincipalId user, SiteRecord site) =>
        tables.SiteConsents.Find(user, site.Id) is { } consent && consent.HoldsFor(site) ? consent : null;

    /// <summary>Ends all consents to logins at a site, and these logins; returns the number of the logins.</summary>
    internal static int EndAll(ZoneChange change, string siteId)
    {
        change.SiteConsents.EndAllAt(siteId);
        return change.Tokens.RevokeLoginsAt(siteId);
    }

    /// <summary>Returns the refusal of a login without a consent, or beyond it.</summary>
    /// <param name="portal">The address of the zone's portal; null where none is configured.</param>
    internal static HutchError Lacking(SiteRecord site, string? portal, bool isBeyond = false)
    {
        string page = $"{portal}/{Page}?site={Uri.EscapeDataString(site.Name)}";
        string location = portal is null ? $"the page {page} of the zone's portal" : page;
        return (ErrorCode.ConsentRequired with
        {
            Advice = $"Open {location} in a browser, and decide there. Then repeat the command.",
        }).With(
            isBeyond
                ? $"You have allowed the site {site.Name} less than that."
                : $"You have not allowed the site {site.Name} to act for you.",
            "page", page);
    }

    /// <summary>
    /// Admits the person at a browser of the zone itself. A token must not agree to anything in the place of its person.
    /// </summary>
    private Result<Done> AuthorizePerson(Caller caller, Operation operation)
    {
        return _zone.Joined is not null ? ErrorCode.NotFound.With("Logins at sites are allowed at the zone.")
            : caller.Kind == CallerKind.User && caller.Session is null
                ? ErrorCode.Forbidden.With("A login at a site is allowed by its person in a browser, not with a token.")
            : Authorizer.Authorize(caller, operation);
    }

    private Result<Done> Give(ZoneChange change, PrincipalId userId, string name, TokenScope scope)
    {
        if (FindSite(change, name) is not { } site)
        {
            return SiteName.Unknown(name);
        }

        if (site.Portal is not { } portal)
        {
            return NoAddress(site);
        }

        // Asked again: the account may have been disabled since the caller was found.
        if (change.Principals.FindUser(userId) is not { DisabledAt: null } user)
        {
            return ErrorCode.Unauthenticated.With("Your account is disabled. Ask an administrator.");
        }

        SiteConsentRecord? before = FindValid(change, userId, site);
        change.SiteConsents.Put(userId, site, portal, scope);
        int ended = before is null || scope.Covers(before.Scope) ? 0 : change.Tokens.RevokeLoginsAt(site.Id, userId);
        change.AddAudit(Operation.ConsentGive.Name, "site:" + site.Name, $"by user:{user.Name}, scope '{scope}'; {ended} logins ended");
        if (before?.Scope.Equals(scope) != true)
        {
            _mailbox.Send(
                change, user, null, MailTemplates.SiteConsent, ("user", user.Name), ("name", site.Name), ("rights", Describe(scope)),
                ("time", Mailbox.Time(_time.GetUtcNow())), ("page", "profile"));
        }

        return Done.Value;
    }

    private static Result<ConsentOffer> Find(ZoneTables tables, PrincipalId user, string name) =>
        FindSite(tables, name) is not { } site ? SiteName.Unknown(name)
        : site.Portal is null ? NoAddress(site)
        : new ConsentOffer(
            site, ListAdministrators(tables, site.Id), site.TrustedAt is null ? Narrowest : Widest, FindValid(tables, user, site));

    private static IReadOnlyList<GivenConsent> List(ZoneTables tables, PrincipalId user) =>
    [
        .. tables.SiteConsents.ListOf(user)
            .Select(consent => tables.Sites.Find(consent.SiteId) is { } site && consent.HoldsFor(site)
                ? new GivenConsent(site, consent)
                : null)
            .OfType<GivenConsent>(),
    ];

    /// <summary>The names of the first accounts that the zone made administrators of a site.</summary>
    private static IReadOnlyList<string> ListAdministrators(ZoneTables tables, string siteId) =>
    [
        .. tables.Roles.ListUsersWith(new AssignedRole(Role.SiteAdmin, siteId), MaxAdministrators)
            .Select(tables.Principals.FindUser).OfType<UserRecord>().Where(static user => user.DisabledAt is null)
            .Select(static user => user.DisplayName ?? user.Name),
    ];

    private static SiteRecord? FindSite(ZoneTables tables, string name) =>
        tables.Sites.FindByName(name) ?? (tables.Sites.Find(name) is { RemovedAt: null } site ? site : null);

    private static string Describe(TokenScope scope)
    {
        string what = (scope.Carries(TokenScopes.Write), scope.Carries(TokenScopes.Manage)) switch
        {
            (false, false) => "read",
            (true, false) => "read and write",
            (false, true) => "read and manage",
            _ => "read, write and manage",
        };
        return scope.IsHeldOnly ? what + " your data that are at this site" : what + " all your data, at every site";
    }

    private static string Ended(string user, int logins) => $"of user:{user}; {logins} logins there ended";

    private static HutchError NoAddress(SiteRecord site) => (ErrorCode.Unprocessable with
    {
        Advice = $"Ask an administrator of the zone for `hutch site portal {site.Name} https://…`.",
    }).With($"The zone does not know the address of the site {site.Name}.");
}

/// <summary>The information that a person sees before a consent.</summary>
/// <param name="Administrators">The names of its administrators, as the zone knows them.</param>
/// <param name="Suggested">The scope that is selected first.</param>
/// <param name="Given">The consent that holds; null for none.</param>
public sealed record ConsentOffer(
    SiteRecord Site, IReadOnlyList<string> Administrators, TokenScope Suggested, SiteConsentRecord? Given);

public sealed record GivenConsent(SiteRecord Site, SiteConsentRecord Consent);
