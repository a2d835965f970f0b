using Hutch.Zone.Credentials;

namespace Hutch.Zone.Logins;

/// <summary>
/// Logins of browsers at this site through its zone: the client's part of OAuth 2.1 with PKCE (RFC 7636), bound to the browser that began.
/// Thread-safe.
/// </summary>
/// <remarks>
/// <para>1. The portal of the site asks here: <see cref="BeginAsync"/> stores state, binding and verifier, and returns an address.</para>
/// <para>2. At the zone, <see cref="SiteLoginAuthorizer.AuthorizeAsync"/> checks session, site and consent, and stores a code.</para>
/// <para>3. The browser comes back with the code: <see cref="FinishAsync"/> compares state and binding, once.</para>
/// <para>4. The site redeems the code over its own connection, which proves its key: <see cref="SiteLoginAuthorizer.RedeemAsync"/> makes
/// a token for the site. Its secret stays at the zone.</para>
/// <para>5. The token comes with the feed of the zone: the site waits until its view has it.</para>
/// <para>6. <see cref="LoginService.Begin"/> begins a session here, which ends with the token.</para>
/// </remarks>
public sealed class ZoneLoginClient
{
    /// <summary>The path at the zone where a login begins. The zone knows nothing of REST documents, so a test compares it.</summary>
    public const string AuthorizePath = "/api/v1/login/authorize";

    private const string Kind = "zone";

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    private readonly ZoneDatabase _zone;
    private readonly LoginService _logins;
    private readonly int _mostUnderWay;
    private readonly TimeProvider _time;

    internal ZoneLoginClient(ZoneDatabase zone, LoginService logins, int mostUnderWay, TimeProvider time) =>
        (_zone, _logins, _mostUnderWay, _time) = (zone, logins, mostUnderWay, time);

    /// <summary>Returns the address at the zone to which the browser goes.</summary>
    /// <param name="zonePortal">The address of the zone's portal, as the zone reported it over the connection between the sites.</param>
    /// <param name="portal">The origin of this site's portal, as the zone approved it.</param>
    /// <param name="scope">What the login must carry, so that the zone asks again for a consent to less; null for what it may.</param>
    public async ValueTask<Result<StartedLogin>> BeginAsync(
        string zonePortal, string portal, string? returnPath, string? scope, CancellationToken ct)
    {
        if (_zone.Joined is not { } joined)
        {
            return ErrorCode.NotFound.With("This server is a zone itself. Log in here.");
        }

        (string state, string binding, string verifier) = (OneTimeSecret.New(), OneTimeSecret.New(), OneTimeSecret.New());
        DateTimeOffset end = _time.GetUtcNow() + Life;
        string redirect = portal + SiteLoginAuthorizer.CallbackPath;
        var pending = new PendingLogin(
            OneTimeSecret.Key(state), Kind, "",
            new Dictionary<string, string>
            {
                ["issuer"] = zonePortal,
                ["redirect"] = redirect,
                ["returnPath"] = OneTimeSecret.LocalPath(returnPath),
                [LoginsUnderWay.Binding] = OneTimeSecret.Key(binding),
                ["verifier"] = verifier,
            },
            end);
        await LoginsUnderWay.AddAsync(_zone, _mostUnderWay, [pending], ct);
        var address = new Uri(
            $"{zonePortal}{AuthorizePath}?response_type=code&client_id={joined.SiteId}"
            + $"&redirect_uri={Uri.EscapeDataString(redirect)}&state={state}"
            + $"&code_challenge={OneTimeSecret.Challenge(verifier)}&code_challenge_method=S256"
            + (scope is null ? "" : "&scope=" + Uri.EscapeDataString(scope)));
        return new StartedLogin(address, new IssuedSecret(binding), end);
    }

    /// <summary>Finishes a login that a browser returns, once, and only for the browser that began it.</summary>
    /// <param name="redeem">Redeems the code at the zone, and completes when this site knows the token.</param>
    public async ValueTask<Result<FinishedLogin>> FinishAsync(
        ReturnedLogin returned, Func<SiteLoginCode, CancellationToken, Task<Result<SiteLogin>>> redeem, LoginOrigin from,
        CancellationToken ct)
    {
        if (!(await LoginsUnderWay.TakeAsync(_zone, Kind, returned, ct)).TryGet(out PendingLogin? login, out HutchError? refusal))
        {
            return refusal;
        }

        if (returned.Error is not null || returned.Issuer != login.Facts["issuer"])
        {
            return ErrorCode.LoginRefused.With("The zone refused the login, or another server answered.");
        }

        var code = new SiteLoginCode(returned.Code ?? "", login.Facts["verifier"], login.Facts["redirect"]);
        return (await redeem(code, ct)).TryGet(out SiteLogin? redeemed, out refusal)
            ? await _zone.ChangeOwnAsync(
                AuditActor.Server, change => Begin(change, redeemed, login.Facts["returnPath"], from), ct)
            : refusal;
    }

    private Result<FinishedLogin> Begin(ZoneChange change, SiteLogin login, string returnPath, LoginOrigin from) =>
        change.Tokens.Find(login.TokenId) is { RevokedAt: null } token && token.Scope.Site == _zone.SiteId && token.UserId == login.User
            && change.Principals.FindUser(token.UserId) is { DisabledAt: null } user
            ? new FinishedLogin(_logins.Begin(change, user, LoginWay.Zone, from, token: token), returnPath)
            : ErrorCode.LoginInvalid.With("The login at the zone has ended. Log in again.");
}

/// <param name="Binding">A secret for the browser's cookie, so that only the browser that began the login can finish it.</param>
public sealed record StartedLogin(Uri Address, IssuedSecret Binding, DateTimeOffset EndsAt);

/// <param name="ReturnPath">The page of the portal after the login.</param>
public sealed record FinishedLogin(StartedSession Session, string ReturnPath);

/// <param name="Code">The authorization code; null for a refusal.</param>
/// <param name="Issuer">The issuer of the response; null when it does not say.</param>
/// <param name="Binding">The secret of the browser's cookie; null for none.</param>
public sealed record ReturnedLogin(string? State, string? Code, string? Issuer, string? Error, string? Binding)
{
    /// <summary>Returns a constant, neither code nor secret.</summary>
    public override string ToString() => nameof(ReturnedLogin);
}
