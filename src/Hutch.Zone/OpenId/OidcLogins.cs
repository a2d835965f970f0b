using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Logins;
using Hutch.Zone.SignedTokens;

namespace Hutch.Zone.OpenId;

/// <summary>
/// Logins of browsers with OpenID providers: the code flow with PKCE (OpenID Connect Core 1.0, RFC 7636). Logins in progress are rows of
/// the zone and can be used once: any server continues them, also after a restart. Thread-safe.
/// </summary>
public sealed partial class OidcLogins : IDisposable
{
    private readonly ZoneDatabase _zone;
    private readonly LoginService _logins;
    private readonly OidcOptions _options;
    private readonly HttpClient _http;
    private readonly Dictionary<string, OidcProvider> _providers;
    private readonly AttemptLimiter _begins;
    private readonly TimeProvider _time;
    private readonly ILogger<OidcLogins> _logger;

    internal OidcLogins(
        ZoneDatabase zone, LoginService logins, OidcOptions options,
        HttpMessageHandler? handler, TimeProvider time, ILogger<OidcLogins> logger)
    {
        (_zone, _logins, _options, _time, _logger) = (zone, logins, options, time, logger);
        _http = IssuerHttp.MakeClient(handler, options.TimeoutSeconds);
        _providers = options.Providers.ToDictionary(
            provider => provider.Id, provider => new OidcProvider(provider, _http, time), StringComparer.Ordinal);
        _begins = new AttemptLimiter(
            new AttemptLimits { PairBurst = 100, PairRefillSeconds = 6, TokenBurst = 1000, TokenRefillSeconds = 0.1 }, time);
    }

    internal AttemptLimiter Attempts => _begins;

    /// <summary>The providers in order, with id and label.</summary>
    public IReadOnlyList<(string Id, string Label)> Providers =>
        [.. _options.Providers.Select(provider => (provider.Id, provider.Label ?? provider.Id))];

    /// <param name="redirect">The address to which the provider returns the browser; it must be registered there.</param>
    /// <param name="returnPath">The page of the portal after the login; anything but a path of this server means the first page.</param>
    public async ValueTask<Result<StartedLogin>> BeginAsync(
        string provider, string redirect, string? returnPath, LoginOrigin from, CancellationToken ct)
    {
        if (!Find(provider, from).TryGet(out OidcProvider? known, out HutchError? refusal))
        {
            return refusal;
        }

        (string state, string binding, string nonce, string verifier) =
            (OneTimeSecret.New(), OneTimeSecret.New(), OneTimeSecret.New(), OneTimeSecret.New());
        Result<Uri> address = await known.AuthorizeAsync(redirect, state, nonce, verifier, ct);
        if (!address.IsOk)
        {
            LogRefused(known.Options.Id, address.Error.Message);
            return address.Error;
        }

        DateTimeOffset end = _time.GetUtcNow() + TimeSpan.FromMinutes(_options.LoginMinutes);
        var login = new Login(known, redirect, OneTimeSecret.LocalPath(returnPath), OneTimeSecret.Key(binding), nonce, verifier);
        await LoginsUnderWay.AddAsync(_zone, _options.MaxLoginsUnderWay, [login.ToPending(OneTimeSecret.Key(state), end)], ct);
        return new StartedLogin(address.Value, new IssuedSecret(binding), end);
    }

    /// <summary>Finishes a login that a browser returns, once, and only for the browser that began it.</summary>
    public async ValueTask<Result<FinishedLogin>> FinishAsync(ReturnedLogin returned, LoginOrigin from, CancellationToken ct)
    {
        if (!(await LoginsUnderWay.TakeAsync(_zone, Login.Kind, returned, ct)).TryGet(
            out PendingLogin? taken, out HutchError? refusal))
        {
            return refusal;
        }

        if (!_providers.TryGetValue(taken.Provider, out OidcProvider? provider))
        {
            return LoginsUnderWay.NotInProgress();
        }

        var login = Login.From(taken, provider);
        Result<OidcIdentity> identity = returned.Error is { } error
            ? ErrorCode.LoginRefused.With($"The provider '{login.Provider.Options.Id}' refused the login: {Display.Quote(error)}.")
            : await login.Provider.RedeemAsync(returned.Code ?? "", returned.Issuer, login.Redirect, login.Nonce, login.Verifier, ct);
        if (!identity.IsOk)
        {
            return await RefuseAsync(login.Provider, identity.Error, from, ct);
        }

        Result<FinishedLogin> finished = await _zone.ChangeAsync(
            ActorOf(login.Provider),
            change => OidcAccounts.Find(change, login.Provider.Options, identity.Value)
                .Then<FinishedLogin>(user => _logins.FindTooMany(change, user.Id) is { } many
                    ? many
                    : new FinishedLogin(_logins.Begin(change, user, LoginWay.OpenId, from), login.ReturnPath)),
            ct);
        return finished.IsOk ? finished : await RefuseAsync(login.Provider, finished.Error, from, ct);
    }

    public void Dispose()
    {
        foreach (OidcProvider provider in _providers.Values)
        {
            provider.Dispose();
        }

        _http.Dispose();
    }

    private static AuditActor ActorOf(OidcProvider provider) => new(null, "openid:" + provider.Options.Id, null);

    private Result<OidcProvider> Find(string provider, LoginOrigin from)
    {
        if (!_providers.TryGetValue(provider, out OidcProvider? known))
        {
            return ErrorCode.NotFound.With($"There is no OpenID provider {Display.Quote(provider)} here.");
        }

        return _begins.CheckAndCount(from.Address, provider) is { } wait ? wait : known;
    }

    private async ValueTask<HutchError> RefuseAsync(OidcProvider provider, HutchError refusal, LoginOrigin from, CancellationToken ct)
    {
        LogRefused(provider.Options.Id, refusal.Message);
        await _zone.AuditAsync(
            ActorOf(provider), Operation.RefusedLogin, null,
            $"{refusal.Code.Name}: {refusal.Message}{(from.AddressText is { } at ? " From " + at : "")}",
            ct);
        return refusal;
    }

    private sealed record Login(OidcProvider Provider, string Redirect, string ReturnPath, string Binding, string Nonce, string Verifier)
    {
        public const string Kind = "browser";

        public static Login From(PendingLogin login, OidcProvider provider) => new(
            provider, login.Facts["redirect"], login.Facts["returnPath"], login.Facts[LoginsUnderWay.Binding], login.Facts["nonce"],
            login.Facts["verifier"]);

        public PendingLogin ToPending(string name, DateTimeOffset end) => new(
            name, Kind, Provider.Options.Id,
            new Dictionary<string, string>
            {
                ["redirect"] = Redirect,
                ["returnPath"] = ReturnPath,
                [LoginsUnderWay.Binding] = Binding,
                ["nonce"] = Nonce,
                ["verifier"] = Verifier,
            },
            end);
    }

    [LoggerMessage(3201, LogLevel.Warning, "Login with the OpenID provider {Provider} was refused: {Reason}")]
    private partial void LogRefused(string provider, string reason);
}
