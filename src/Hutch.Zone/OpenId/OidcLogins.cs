using System.Buffers.Text;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;
using Hutch.Zone.Logins;

namespace Hutch.Zone.OpenId;

/// <summary>
/// Logins with OpenID providers: the code flow with PKCE for browsers (OpenID Connect Core 1.0, RFC 7636), the device flow for the command
/// line (RFC 8628). Logins in progress are rows of the zone and can be used once: any server continues them, also after a restart.
/// Thread-safe.
/// </summary>
public sealed partial class OidcLogins : IDisposable
{
    private const int SecretBytes = 32;
    private const int MaxReturnPathCharacters = 2000;
    private const int MaxDeviceSeconds = 1800;

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
        _http = new HttpClient(handler ?? MakeHandler())
        {
            Timeout = TimeSpan.FromSeconds(options.TimeoutSeconds),
            MaxResponseContentBufferSize = OidcHttp.MaxAnswerBytes,
        };
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

        (string state, string binding, string nonce, string verifier) = (NewSecret(), NewSecret(), NewSecret(), NewSecret());
        Result<Uri> address = await known.AuthorizeAsync(redirect, state, nonce, verifier, ct);
        if (!address.IsOk)
        {
            LogRefused(known.Options.Id, address.Error.Message);
            return address.Error;
        }

        DateTimeOffset end = _time.GetUtcNow() + TimeSpan.FromMinutes(_options.LoginMinutes);
        var login = new Login(known, redirect, LocalPath(returnPath), Key(binding), nonce, verifier);
        await RememberAsync(login.ToPending(Key(state), end), ct);
        return new StartedLogin(address.Value, new IssuedSecret(binding), end);
    }

    /// <summary>Finishes a login that a browser returns, once, and only for the browser that began it.</summary>
    public async ValueTask<Result<FinishedLogin>> FinishAsync(ReturnedLogin returned, LoginOrigin from, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(returned);
        if (returned.State is null || await TakeLoginAsync(Key(returned.State), ct) is not Login login)
        {
            return ErrorCode.LoginInvalid.With(
                "This login is not in progress: it is finished, took too long, or was not started here. Start again.");
        }

        bool same = returned.Binding is not null
            && CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(Key(returned.Binding)), Encoding.ASCII.GetBytes(login.Binding));
        if (!same)
        {
            return ErrorCode.LoginInvalid.With("This login was started in another browser. Start again in this one.");
        }

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
                .Then<FinishedLogin>(user => new FinishedLogin(_logins.Begin(change, user, LoginWay.OpenId, from), login.ReturnPath)),
            ct);
        return finished.IsOk ? finished : await RefuseAsync(login.Provider, finished.Error, from, ct);
    }

    /// <param name="provider">The provider's id; null for the only one.</param>
    public async ValueTask<Result<StartedDeviceLogin>> BeginDeviceAsync(string? provider, LoginOrigin from, CancellationToken ct)
    {
        if (provider is null && _providers.Count != 1)
        {
            string names = string.Join(", ", _providers.Keys);
            return _providers.Count == 0
                ? ErrorCode.LoginRefused.With("This server has no OpenID provider. Log in with a token: `hutch login URL < token.txt`.")
                : ErrorCode.BadRequest.With($"Choose a provider: this server has {names}.", "providers", names);
        }

        if (!Find(provider ?? _providers.Keys.Single(), from).TryGet(out OidcProvider? known, out HutchError? refusal)
            || !(await known.BeginDeviceAsync(ct)).TryGet(out DeviceAnswer? answer, out refusal))
        {
            return refusal;
        }

        string handle = NewSecret();
        int interval = Math.Clamp(answer.Interval ?? 5, 1, 60);
        DateTimeOffset end = _time.GetUtcNow() + TimeSpan.FromSeconds(Math.Min(answer.ExpiresIn, MaxDeviceSeconds));
        await RememberAsync(new DeviceLogin(known, answer.DeviceCode!).ToPending(Key(handle), interval, end), ct);
        string? complete = Uri.TryCreate(answer.CompleteAddress, UriKind.Absolute, out Uri? page) && OidcProviderOptions.IsSafe(page)
            ? page.AbsoluteUri
            : null;
        return new StartedDeviceLogin(new IssuedSecret(handle), answer.UserCode!, answer.VerificationAddress!, complete, interval, end);
    }

    /// <summary>Returns the result of a command-line login; null until the user has agreed. The token is returned once.</summary>
    public async ValueTask<Result<CreatedAccount?>> PollDeviceAsync(string handle, LoginOrigin from, CancellationToken ct)
    {
        string key = Key(handle);
        if (await FindDeviceAsync(key, ct) is not DeviceLogin login)
        {
            return ErrorCode.NotFound.With("This login is not in progress: it is finished, or took too long. Start again.");
        }

        if (!await _zone.KeepAsync(tables => tables.PendingLogins.TryAcquireLease(key), ct))
        {
            return (CreatedAccount?)null;
        }

        Result<(OidcIdentity? Identity, bool SlowDown)> polled = await login.Provider.PollDeviceAsync(login.DeviceCode, ct);
        if (!polled.IsOk)
        {
            // A provider that is away for a moment ends nothing.
            if (polled.Error.Code != ErrorCode.ProviderUnavailable)
            {
                await _zone.KeepAsync(tables => tables.PendingLogins.Take(DeviceLogin.Kind, key), ct);
            }

            return await RefuseAsync(login.Provider, polled.Error, from, ct);
        }

        if (polled.Value.Identity is not { } identity)
        {
            // RFC 8628, section 3.5
            await _zone.KeepAsync(tables => tables.PendingLogins.Wait(key, polled.Value.SlowDown ? 5 : 0), ct);
            return (CreatedAccount?)null;
        }

        if (await _zone.KeepAsync(tables => tables.PendingLogins.Take(DeviceLogin.Kind, key), ct) is null)
        {
            return ErrorCode.NotFound.With("This login has just been finished.");
        }

        DateTimeOffset end = _time.GetUtcNow() + TimeSpan.FromDays(_options.DeviceTokenDays);
        Result<CreatedAccount?> made = await _zone.ChangeAsync(
            ActorOf(login.Provider),
            change => OidcAccounts.Find(change, login.Provider.Options, identity).Then(user => GiveToken(change, user, end)),
            ct);
        return made.IsOk ? made : await RefuseAsync(login.Provider, made.Error, from, ct);
    }

    public void Dispose()
    {
        foreach (OidcProvider provider in _providers.Values)
        {
            provider.Dispose();
        }

        _http.Dispose();
    }

    private static Result<CreatedAccount?> GiveToken(ZoneChange change, UserRecord user, DateTimeOffset end) =>
        change.Tokens.CountOf(user.Id) >= AccountLimits.MaxTokensPerUser
            ? ErrorCode.TooLarge.With(
                $"You have {AccountLimits.MaxTokensPerUser} tokens, the maximum. Revoke some in the portal first.")
            : new CreatedAccount(user, TokenService.AddToken(change, user, "hutch login --device", TokenScope.Full, end));

    private static SocketsHttpHandler MakeHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        AutomaticDecompression = DecompressionMethods.None,
    };

    private static AuditActor ActorOf(OidcProvider provider) => new(null, "openid:" + provider.Options.Id, null);

    private static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>Returns a key derived from a secret, without revealing it.</summary>
    private static string Key(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Returns a path of this server, never one that a browser would take for another host.</summary>
    private static string LocalPath(string? path) =>
        path is { Length: > 0 and <= MaxReturnPathCharacters } && path[0] == '/' && (path.Length == 1 || path[1] is not ('/' or '\\'))
            && !path.Any(c => char.IsControl(c) || c == '\\')
            ? path
            : "/";

    private Result<OidcProvider> Find(string provider, LoginOrigin from)
    {
        if (!_providers.TryGetValue(provider, out OidcProvider? known))
        {
            return ErrorCode.NotFound.With($"There is no OpenID provider {Display.Quote(provider)} here.");
        }

        string address = AttemptLimiter.AddressKey(from.Address);
        if (_begins.Check(address, provider) is HutchError wait)
        {
            return wait;
        }

        _begins.Fail(address, provider);
        return known;
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

    private ValueTask<bool> RememberAsync(PendingLogin login, CancellationToken ct) => _zone.KeepAsync(
        tables =>
        {
            tables.PendingLogins.Add(login, _options.MaxLoginsUnderWay);
            return true;
        },
        ct);

    private async ValueTask<Login?> TakeLoginAsync(string key, CancellationToken ct) =>
        await _zone.KeepAsync(tables => tables.PendingLogins.Take(Login.Kind, key), ct) is { } taken
            && _providers.TryGetValue(taken.Provider, out OidcProvider? provider)
            ? Login.From(taken, provider)
            : null;

    private async ValueTask<DeviceLogin?> FindDeviceAsync(string key, CancellationToken ct) =>
        await _zone.ReadAsync(tables => tables.PendingLogins.Find(DeviceLogin.Kind, key), ct) is { } found
            && _providers.TryGetValue(found.Provider, out OidcProvider? provider)
            ? DeviceLogin.From(found, provider)
            : null;

    private sealed record Login(OidcProvider Provider, string Redirect, string ReturnPath, string Binding, string Nonce, string Verifier)
    {
        public const string Kind = "browser";

        public static Login From(PendingLogin login, OidcProvider provider) => new(
            provider, login.Facts["redirect"], login.Facts["returnPath"], login.Facts["binding"], login.Facts["nonce"],
            login.Facts["verifier"]);

        public PendingLogin ToPending(string name, DateTimeOffset end) => new(
            name, Kind, Provider.Options.Id,
            new Dictionary<string, string>
            {
                ["redirect"] = Redirect,
                ["returnPath"] = ReturnPath,
                ["binding"] = Binding,
                ["nonce"] = Nonce,
                ["verifier"] = Verifier,
            },
            0, end);
    }

    /// <summary>A login of the command line. Its provider is polled no faster than it allows, over all servers.</summary>
    private sealed record DeviceLogin(OidcProvider Provider, string DeviceCode)
    {
        public const string Kind = "device";

        public static DeviceLogin From(PendingLogin login, OidcProvider provider) => new(provider, login.Facts["deviceCode"]);

        public PendingLogin ToPending(string name, int intervalSeconds, DateTimeOffset end) => new(
            name, Kind, Provider.Options.Id, new Dictionary<string, string> { ["deviceCode"] = DeviceCode }, intervalSeconds, end);
    }

    [LoggerMessage(3201, LogLevel.Warning, "Login with the OpenID provider {Provider} was refused: {Reason}")]
    private partial void LogRefused(string provider, string reason);
}

/// <summary>A login of the command line that waits for the user to agree in any browser.</summary>
/// <param name="Handle">The secret with which the command line polls for the result.</param>
/// <param name="CompleteAddress">The page with the code in its address; null when the provider gives none.</param>
public sealed record StartedDeviceLogin(
    IssuedSecret Handle, string UserCode, string VerificationAddress, string? CompleteAddress, int IntervalSeconds, DateTimeOffset EndsAt);

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
