using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;

namespace Hutch.Zone.Logins;

/// <summary>
/// Logins of accounts of this zone at its sites. A browser goes from the site's portal to the zone and back with a code (OAuth 2.1, RFC
/// 7636, RFC 9207); the site redeems the code over its own connection. A program exchanges its token (RFC 8693). Either way the zone makes
/// a token for that site, which ends with the session or token it was made for. Thread-safe.
/// </summary>
/// <remarks>
/// The operator of a site controls every login there. So the token carries what its person has allowed that site
/// (<see cref="SiteConsents"/>), and the scopes <c>read</c>, <c>write</c> and <c>manage</c> at most: roles need a token that an
/// administrator makes for the site.
/// </remarks>
public sealed class SiteLoginAuthorizer
{
    /// <summary>The path at a site's portal to which the zone returns browsers.</summary>
    public const string CallbackPath = "/api/v1/login/zone/callback";

    private const string CodeKind = "site-code";
    private const int MaxCodes = 10_000;

    private static readonly TimeSpan CodeLife = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ExchangedLife = TimeSpan.FromDays(7);

    private static readonly TokenScope MostAtSite = new(TokenScopes.Read | TokenScopes.Write | TokenScopes.Manage);

    private readonly ZoneDatabase _zone;
    private readonly TimeSpan _sessionIdle;
    private readonly TimeProvider _time;

    internal SiteLoginAuthorizer(ZoneDatabase zone, Uri? publicUrl, TimeSpan sessionIdle, TimeProvider time) =>
        (_zone, Portal, _sessionIdle, _time) = (zone, publicUrl?.AbsoluteUri.TrimEnd('/'), sessionIdle, time);

    /// <summary>The address of the zone's portal, which is also the issuer of codes; null where none is configured.</summary>
    public string? Portal { get; }

    /// <summary>
    /// Approves the portal of a site; null withdraws it. Another address or certificate ends every login there, and every consent to them.
    /// For administrators.
    /// </summary>
    /// <param name="runBy">Who runs the site, for people who are asked for a login there; null for unknown.</param>
    public async ValueTask<Result<SiteRecord>> SetPortalAsync(
        Caller caller, string site, SitePortal? portal, string? runBy, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SitesChange);
        return !allowed.IsOk ? allowed.Error
            : !AccountText.Line(runBy, "operator of the site").TryGet(out string? line, out HutchError? error) ? error
            : await _zone.ChangeAsync(caller.Actor, change => SetPortal(change, site, portal, line), ct);
    }

    /// <summary>
    /// Returns the address that takes the browser of a session back to a site, with a code in its query. Without a consent of the person,
    /// the refusal is <see cref="ErrorCode.ConsentRequired"/>.
    /// </summary>
    /// <exception cref="HutchException">The database does not answer.</exception>
    public async ValueTask<Result<Uri>> AuthorizeAsync(Caller caller, SiteLoginRequest request, CancellationToken ct)
    {
        if (!(await CheckAsync(caller, request, ct)).TryGet(out SiteRecord? site, out HutchError? refusal))
        {
            return refusal;
        }

        PrincipalId user = caller.UserId;
        SiteConsentRecord? consent = await _zone.ReadAsync(tables => SiteConsents.FindValid(tables, user, site), ct);
        if (consent is null || (request.Scope is { } wanted && !consent.Scope.Covers(MostAtSite.Narrow(wanted))))
        {
            return SiteConsents.Lacking(site, Portal, isBeyond: consent is not null);
        }

        string code = OneTimeSecret.New();
        var pending = new PendingLogin(
            OneTimeSecret.Key(code), CodeKind, "",
            new Dictionary<string, string>
            {
                ["site"] = site.Id,
                ["redirect"] = request.Redirect,
                ["challenge"] = request.Challenge,
                ["session"] = caller.Session!.Id,
                ["user"] = user.ToString(),
            },
            _time.GetUtcNow() + CodeLife);
        await LoginsUnderWay.AddAsync(_zone, MaxCodes, [pending], ct);
        return new Uri(
            $"{request.Redirect}?code={code}&state={Uri.EscapeDataString(request.State)}&iss={Uri.EscapeDataString(Portal!)}");
    }

    /// <summary>Checks the request of a site, apart from the consent; returns the site.</summary>
    public async ValueTask<Result<SiteRecord>> CheckAsync(Caller caller, SiteLoginRequest request, CancellationToken ct)
    {
        if (Portal is null)
        {
            return NoPortal();
        }

        if (caller.Session is not { UserId: not null } || caller.Kind != CallerKind.User)
        {
            return ErrorCode.Unauthenticated.With("Log in first.");
        }

        // The address is checked before anything is sent to it.
        SiteRecord? site = await _zone.ReadAsync(tables => tables.Sites.Find(request.SiteId), ct);
        if (site is not { RemovedAt: null, Portal: { } portal } || request.Redirect != portal.Origin + CallbackPath)
        {
            return ErrorCode.LoginInvalid.With("This address is not the approved portal of a site of this zone.");
        }

        if (request.Challenge.Length != 43 || request.State.Length is 0 or > 200)
        {
            return ErrorCode.LoginInvalid.With("The site sent no valid challenge.");
        }

        return site;
    }

    /// <summary>Redeems a code, once, for the site for which it was made. The site gets no secret.</summary>
    public async ValueTask<Result<SiteLogin>> RedeemAsync(string siteId, SiteLoginCode presented, CancellationToken ct)
    {
        PendingLogin? pending = await _zone.KeepAsync(
            tables => tables.PendingLogins.Take(CodeKind, OneTimeSecret.Key(presented.Code)), ct);
        if (pending is null || pending.Facts["site"] != siteId || pending.Facts["redirect"] != presented.Redirect
            || !CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(OneTimeSecret.Challenge(presented.Verifier)), Encoding.ASCII.GetBytes(pending.Facts["challenge"])))
        {
            return ErrorCode.LoginInvalid.With("This login is not in progress: it is finished, or took too long. Start again.");
        }

        return await _zone.ChangeUnlimitedAsync(
            new AuditActor(OneTimeSecret.User(pending.Facts["user"]), "session:" + pending.Facts["session"], pending.Facts["session"]),
            change => Redeem(change, siteId, pending.Facts["session"]),
            ct);
    }

    /// <summary>
    /// Exchanges the caller's token for one of a site, by the site's name or the address of its portal. It carries what the token and the
    /// consent of the person both allow.
    /// </summary>
    /// <param name="wanted">What it must carry; null for as much as there is.</param>
    public async ValueTask<Result<ExchangedToken>> ExchangeAsync(Caller caller, string site, TokenScope? wanted, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.TokenNarrow);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        TokenScope scope = caller.Scope.Narrow(MostAtSite);
        return caller.Token is not { S3Generation: null, Scope.Site: null } token || caller.PassedOnBy is not null
            || scope.Parent is not null || scope.Scopes == TokenScopes.None
            ? ErrorCode.Forbidden.With(
                "A login at a site is made with a token of a person for the zone, not with one for a step, a worker, a site or S3.")
            : await _zone.ChangeAsync(
                caller.Actor,
                change => Exchange(change, caller.UserId, token, scope, site, wanted is null ? null : scope.Narrow(wanted)),
                ct);
    }

    /// <summary>
    /// Prepares the start of a program at a site by its person: that site needs a login or a token of the person with which it can make
    /// datasets. With a consent, the login is made. What runs later never asks.
    /// </summary>
    /// <returns>Null where the start may proceed; otherwise the refusal.</returns>
    public async ValueTask<HutchError?> PrepareStartAsync(Caller caller, string siteId, CancellationToken ct)
    {
        // A narrowed key makes no login, which would not end with it.
        string? login = caller.Scope.IsNarrowed ? null : caller.Session?.Id ?? caller.Token?.Id;

        // Without an address, no login at the site is possible. The site then reports the missing login.
        if (_zone.Joined is not null || caller.PassedOnBy is not null || login is null
            || await _zone.ReadAsync(
                tables => !HasPortal(tables, siteId) || SiteTokens.HasMaking(tables, caller.UserId, siteId), ct))
        {
            return null;
        }

        Result<Done> made = await _zone.ChangeAsync(caller.Actor, change => Prepare(change, caller, siteId, login), ct);
        return made.Error;
    }

    /// <summary>Ends sessions without recent use that have logins at sites: those end with their session.</summary>
    internal async ValueTask EndIdleAsync(CancellationToken ct)
    {
        DateTimeOffset since = _time.GetUtcNow() - _sessionIdle;
        if (await _zone.ReadAsync(tables => tables.Sessions.ListIdleWithLogins(since), ct) is not { Count: > 0 } idle)
        {
            return;
        }

        Result<Done> ended = await _zone.ChangeAsync<Done>(
            AuditActor.Server,
            change =>
            {
                foreach (string id in idle)
                {
                    change.Sessions.End(id);
                    change.AddAudit("session.end", "session:" + id, "not used, with logins at sites");
                }

                return Done.Value;
            },
            ct);
        _ = ended.Value;
    }

    private static Result<SiteRecord> SetPortal(ZoneChange change, string name, SitePortal? portal, string? runBy)
    {
        if (change.Sites.FindByName(name) is not { } site)
        {
            return SiteName.Unknown(name);
        }

        if (portal is not null && change.Sites.FindByPortal(portal.Origin) is { } other && other.Id != site.Id)
        {
            return ErrorCode.AlreadyExists.With($"{portal.Origin} is the portal of the site {other.Name}.");
        }

        int ended = site.Portal == portal ? 0 : SiteConsents.EndAll(change, site.Id);
        change.Sites.SetPortal(site.Id, portal);
        change.Sites.SetRunBy(site.Id, runBy);
        change.AddAudit("site.portal", "site:" + name, $"{portal?.Origin ?? "none"}; {ended} logins there ended");
        return change.Sites.Find(site.Id)!;
    }

    private Result<SiteLogin> Redeem(ZoneChange change, string siteId, string sessionId)
    {
        // Asked again: session, account and site may have ended since the code was made.
        if (change.Sessions.Find(sessionId) is not { EndedAt: null, UserId: { } userId } session || session.ExpiresAt <= _time.GetUtcNow()
            || change.Principals.FindUser(userId) is not { DisabledAt: null } user
            || change.Sites.Find(siteId) is not { RemovedAt: null } site)
        {
            return ErrorCode.LoginInvalid.With("The login at the zone has ended. Log in again.");
        }

        if (SiteConsents.FindValid(change, userId, site) is not { } consent)
        {
            return SiteConsents.Lacking(site, Portal);
        }

        // A browser has one session at a site: an earlier one ends.
        TokenScope scope = MostAtSite.Narrow(consent.Scope);
        return Make(change, user, site, scope, sessionId, session.ExpiresAt, keep: 0, $"browser at {site.Name}").Then<SiteLogin>(
            made => new SiteLogin(made.Token.Id, user.Id, change.Feed.Newest().Sequence));
    }

    private static bool HasPortal(ZoneTables tables, string siteId) =>
        tables.Sites.Find(siteId) is { RemovedAt: null, Portal: not null };

    private Result<Done> Prepare(ZoneChange change, Caller caller, string siteId, string loginId)
    {
        // Asked again: address and account may have ended since.
        if (change.Sites.Find(siteId) is not { RemovedAt: null, Portal: not null } site)
        {
            return ErrorCode.Unavailable.With("The site has just lost its address, or has left the zone. Try again.");
        }

        if (change.Principals.FindUser(caller.UserId) is not { DisabledAt: null } user)
        {
            return ErrorCode.Unauthenticated.With("Your account is disabled. Ask an administrator.");
        }

        if (SiteConsents.FindValid(change, user.Id, site) is not { } consent || !consent.Scope.Carries(Operation.DatasetCreate.Scope))
        {
            return SiteConsents.Lacking(site, Portal, isBeyond: SiteConsents.FindValid(change, user.Id, site) is not null);
        }

        DateTimeOffset end = _time.GetUtcNow() + ExchangedLife;
        TokenScope scope = caller.Scope.Narrow(MostAtSite).Narrow(consent.Scope);
        return Make(
            change, user, site, scope, loginId, caller.ExpiresAt < end ? caller.ExpiresAt.Value : end, AccountLimits.MaxLoginsPerSite - 1,
            $"programs at {site.Name}").Then<Done>(static _ => Done.Value);
    }

    private Result<ExchangedToken> Exchange(
        ZoneChange change, PrincipalId userId, TokenRecord token, TokenScope scope, string name, TokenScope? wanted)
    {
        SiteRecord? site = change.Sites.FindByName(name)
            ?? (SitePortal.ParseOrigin(name).TryGet(out string? origin, out _) ? change.Sites.FindByPortal(origin) : null);
        if (site is null)
        {
            return SiteName.Unknown(name);
        }

        if (site.Portal is not { } portal)
        {
            return (ErrorCode.Unprocessable with
            {
                Advice = $"Ask an administrator of the zone for `hutch site portal {site.Name} https://…`.",
            }).With($"The zone does not know the address of the site {site.Name}.");
        }

        // Asked again: the account may have been disabled since the caller was found.
        if (change.Principals.FindUser(userId) is not { DisabledAt: null } user)
        {
            return ErrorCode.Unauthenticated.With("Your account is disabled. Ask an administrator.");
        }

        if (SiteConsents.FindValid(change, userId, site) is not { } consent || (wanted is not null && !consent.Scope.Covers(wanted)))
        {
            return SiteConsents.Lacking(site, Portal, isBeyond: SiteConsents.FindValid(change, userId, site) is not null);
        }

        scope = scope.Narrow(consent.Scope);
        if (scope.Scopes == TokenScopes.None)
        {
            return SiteConsents.Lacking(site, Portal, isBeyond: true);
        }

        DateTimeOffset end = _time.GetUtcNow() + ExchangedLife;
        return Make(
            change, user, site, scope, token.Id, token.ExpiresAt < end ? token.ExpiresAt.Value : end, AccountLimits.MaxLoginsPerSite - 1,
            $"login at {site.Name}")
            .Then<ExchangedToken>(made => new ExchangedToken(made, site.Name, portal));
    }

    private static Result<IssuedToken> Make(
        ZoneChange change, UserRecord user, SiteRecord site, TokenScope scope, string loginId, DateTimeOffset end, int keep, string name)
    {
        if (change.Tokens.CountOfLateLogins(loginId) >= AccountLimits.MaxSiteLoginsPerHour)
        {
            return ErrorCode.TooManyRequests.With(
                $"This login has made {AccountLimits.MaxSiteLoginsPerHour} logins at sites within an hour, the maximum. Wait.");
        }

        foreach (TokenRecord oldest in change.Tokens.LoginsOf(loginId, site.Id).Skip(keep))
        {
            change.Tokens.Revoke(oldest.Id);
            change.AddAudit(Operation.TokenRevoke.Name, "token:" + oldest.Id, $"replaced by a newer login at site:{site.Name}");
        }

        return TokenService.AddToken(change, user, name, scope.At(site.Id), end, loginId);
    }

    private static HutchError NoPortal() => (ErrorCode.Unprocessable with
    {
        Advice = "Ask the administrator of the zone to set 'server.publicUrl' there.",
    }).With("Logins at sites need the public address of the zone, and it has none.");
}

/// <summary>The request of a site's portal for a login (RFC 6749, section 4.1.1; RFC 7636, section 4.3).</summary>
/// <param name="SiteId">The client: the id of the site.</param>
/// <param name="Challenge">The SHA-256 of the verifier in base64url.</param>
public sealed record SiteLoginRequest(string SiteId, string Redirect, string State, string Challenge)
{
    /// <summary>The scope that the login requires: a lesser consent is requested again. Null for that of the consent.</summary>
    public TokenScope? Scope { get; init; }
}

/// <summary>A code that a site redeems.</summary>
public sealed record SiteLoginCode(string Code, string Verifier, string Redirect)
{
    /// <summary>Returns a constant, never the code.</summary>
    public override string ToString() => nameof(SiteLoginCode);
}

/// <param name="TokenId">The public part of the token for the site. Its secret is discarded.</param>
/// <param name="Sequence">The number of the feed from which the site knows the token.</param>
public sealed record SiteLogin(string TokenId, PrincipalId User, long Sequence);

/// <param name="Portal">The address of the site, and its certificate.</param>
public sealed record ExchangedToken(IssuedToken Token, string Site, SitePortal Portal);
