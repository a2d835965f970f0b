using System.Text.Json;
using System.Text.Json.Serialization;
using Hutch.Zone.Logins;
using Hutch.Zone.SignedTokens;

namespace Hutch.Zone.OpenId;

/// <summary>A provider with its cached description and keys, and the checks of its responses. Thread-safe.</summary>
internal sealed class OidcProvider : IDisposable
{
    private const int MaxSubjectCharacters = 255;
    private const int MaxValues = 1000;

    private static readonly TimeSpan MetadataLife = TimeSpan.FromHours(1);
    private static readonly KeyLifetimes KeyTimes = new(MetadataLife, TimeSpan.FromSeconds(10), TimeSpan.Zero);

    private readonly OidcHttp _http;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly IssuerKeys _keys;
    private Known? _metadata;

    public OidcProvider(OidcProviderOptions options, HttpClient http, TimeProvider time)
    {
        Options = options;
        _http = new OidcHttp(http, options);
        _time = time;
        _keys = new IssuerKeys(FetchKeysAsync, KeyTimes, time);
    }

    public OidcProviderOptions Options { get; }

    /// <summary>Returns the login page for a browser (OpenID Connect Core 1.0, section 3.1.2.1; RFC 7636, section 4.3).</summary>
    public async ValueTask<Result<Uri>> AuthorizeAsync(string redirect, string state, string nonce, string verifier, CancellationToken ct)
    {
        if (!(await MetadataAsync(ct)).TryGet(out OidcMetadata? metadata, out HutchError? refusal)
            || !_http.Check(metadata.AuthorizationEndpoint, "authorization endpoint").TryGet(out Uri? endpoint, out refusal))
        {
            return refusal;
        }

        (string Name, string Value)[] query =
        [
            ("response_type", "code"), ("client_id", Options.ClientId),
            ("redirect_uri", redirect), ("scope", Scope()), ("state", state), ("nonce", nonce),
            ("code_challenge", OneTimeSecret.Challenge(verifier)), ("code_challenge_method", "S256"),
        ];
        string text = string.Join('&', query.Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value)}"));
        return new Uri(endpoint.AbsoluteUri + (endpoint.Query.Length > 0 ? "&" : "?") + text);
    }

    /// <summary>Exchanges the code that a browser returned for the identity of the user.</summary>
    /// <param name="issuer">The issuer named in the response; null when it names none.</param>
    public async ValueTask<Result<OidcIdentity>> RedeemAsync(
        string code, string? issuer, string redirect, string nonce, string verifier, CancellationToken ct)
    {
        if (!(await MetadataAsync(ct)).TryGet(out OidcMetadata? metadata, out HutchError? refusal))
        {
            return refusal;
        }

        if (issuer is null ? metadata.NamesItself : issuer != Options.Issuer)
        {
            return _http.InvalidAnswer("the browser returned with the response of another provider");
        }

        Result<TokenAnswer> answer = await RequestTokenAsync(
            metadata,
            [new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", redirect), new("code_verifier", verifier)],
            ct);
        return !answer.IsOk ? answer.Error
            : answer.Value.Error is { } error ? ErrorCode.LoginRefused.With(
                $"The provider '{Options.Id}' did not accept the code: {Display.Quote(error)}. Log in again.")
            : await IdentifyAsync(metadata, answer.Value, nonce, ct);
    }

    private async ValueTask<Result<TokenAnswer>> RequestTokenAsync(
        OidcMetadata metadata, IEnumerable<KeyValuePair<string, string>> form, CancellationToken ct) =>
        _http.Check(metadata.TokenEndpoint, "token endpoint").TryGet(out Uri? endpoint, out HutchError? refusal)
            ? await _http.PostAsync(endpoint, form, OidcJson.Default.TokenAnswer, ct)
            : refusal;

    private async ValueTask<Result<OidcIdentity>> IdentifyAsync(
        OidcMetadata metadata, TokenAnswer answer, string? nonce, CancellationToken ct)
    {
        if (answer.IdToken is not { } text || SignedToken.Parse(text) is not SignedToken token)
        {
            return _http.InvalidAnswer("it returned no readable token");
        }

        if (!(await CheckSignatureAsync(token, ct)).TryGet(out _, out HutchError? refusal)
            || !Check(token, nonce).TryGet(out _, out refusal))
        {
            return refusal;
        }

        if (answer.AccessToken is { } access && !token.SpeaksOf(access))
        {
            return _http.InvalidAnswer("the token does not belong to the access token");
        }

        List<JsonElement> claims = [token.Claims];
        if (Options.UserInfo && metadata.UserInfoEndpoint is not null && answer.AccessToken is { } bearer)
        {
            if (!_http.Check(metadata.UserInfoEndpoint, "userinfo endpoint").TryGet(out Uri? endpoint, out refusal)
                || !(await _http.GetAsync(endpoint, OidcJson.Default.JsonElement, bearer, ct)).TryGet(out JsonElement more, out refusal))
            {
                return refusal;
            }

            // Core, section 5.3.2: claims about another subject are not used.
            if (more.ValueKind != JsonValueKind.Object || SignedToken.Text(more, "sub") != SignedToken.Text(token.Claims, "sub"))
            {
                return _http.InvalidAnswer("its userinfo is about a different user than its token");
            }

            claims.Add(more);
        }

        return ToIdentity(claims);
    }

    private OidcIdentity ToIdentity(List<JsonElement> claims)
    {
        string? First(string name) =>
            claims.Select(some => SignedToken.Text(some, name)).FirstOrDefault(text => !string.IsNullOrWhiteSpace(text));
        static bool Says(JsonElement some, JsonValueKind what) =>
            some.TryGetProperty("email_verified", out JsonElement verified) && verified.ValueKind == what;

        // Of an address in one document, a word in the other proves nothing: the two may name different addresses.
        bool unverified = claims.Exists(static some => Says(some, JsonValueKind.False));
        bool isVerified = !unverified && claims.Find(static some => !string.IsNullOrWhiteSpace(SignedToken.Text(some, "email")))
            is { ValueKind: JsonValueKind.Object } source && Says(source, JsonValueKind.True);
        return new OidcIdentity(
            First("sub")!, First(Options.NameClaim), First("name"), unverified ? null : First("email"), isVerified,
            [.. claims.SelectMany(some => SignedToken.Texts(some, Options.GroupsClaim)).Distinct().Take(MaxValues)]);
    }

    private async ValueTask<Result<Done>> CheckSignatureAsync(SignedToken token, CancellationToken ct)
    {
        if (token.Algorithm is not (SigningKey.Rs256 or SigningKey.Es256))
        {
            return _http.InvalidAnswer($"its token is signed with {Display.Quote(token.Algorithm)}; RS256 and ES256 are supported");
        }

        Result<bool> signed = await _keys.HaveSignedAsync(token, ct);
        if (!signed.IsOk)
        {
            return signed.Error;
        }

        return signed.Value ? Done.Value : _http.InvalidAnswer("the signature of its token is not by one of its keys");
    }

    /// <summary>Checks a token by Core, section 3.1.3.7.</summary>
    private Result<Done> Check(SignedToken token, string? nonce)
    {
        JsonElement claims = token.Claims;
        DateTimeOffset now = _time.GetUtcNow();
        TimeSpan skew = TimeSpan.FromSeconds(Options.ClockSkewSeconds);
        IReadOnlyList<string> audience = SignedToken.Texts(claims, "aud");
        string? party = SignedToken.Text(claims, "azp");
        bool hasParty = claims.TryGetProperty("azp", out _);
        string? wrong = claims switch
        {
            _ when SignedToken.Text(claims, "iss") != Options.Issuer => "its token is of another issuer",
            _ when !audience.Contains(Options.ClientId) => "its token is for another audience",
            _ when (hasParty || audience.Count > 1) && party != Options.ClientId => "its token was issued to another party",
            _ when SignedToken.Time(claims, "exp") is not DateTimeOffset end || end + skew <= now => "its token has expired",
            _ when SignedToken.Time(claims, "iat") is not DateTimeOffset made || made - skew > now => "its token is from the future",
            _ when claims.TryGetProperty("nbf", out _) && !(SignedToken.Time(claims, "nbf") - skew <= now) => "its token is not valid yet",
            _ when nonce is not null && SignedToken.Text(claims, "nonce") != nonce => "its token belongs to another login",
            _ when SignedToken.Text(claims, "sub") is not { Length: > 0 and <= MaxSubjectCharacters } =>
                "its token does not say who it is about",
            _ => null,
        };
        return wrong is null ? Done.Value : _http.InvalidAnswer(wrong);
    }

    private async ValueTask<Result<OidcMetadata>> MetadataAsync(CancellationToken ct)
    {
        if (Volatile.Read(ref _metadata) is { } known && known.Since + MetadataLife > _time.GetUtcNow())
        {
            return known.Value;
        }

        await _gate.WaitAsync(ct);
        try
        {
            if (_metadata is { } meanwhile && meanwhile.Since + MetadataLife > _time.GetUtcNow())
            {
                return meanwhile.Value;
            }

            var address = new Uri(Options.Issuer.TrimEnd('/') + "/.well-known/openid-configuration");
            Result<OidcMetadata> read = await _http.GetAsync(address, OidcJson.Default.OidcMetadata, null, ct);
            if (!read.IsOk)
            {
                return read.Error;
            }

            if (read.Value.Issuer != Options.Issuer)
            {
                return _http.InvalidAnswer(
                    $"its issuer is {Display.Quote(read.Value.Issuer ?? "")}, "
                    + $"not {Display.Quote(Options.Issuer)} as configured");
            }

            Volatile.Write(ref _metadata, new Known(read.Value, _time.GetUtcNow()));
            return read.Value;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<Result<KeySetAnswer>> FetchKeysAsync(CancellationToken ct) =>
        (await MetadataAsync(ct)).TryGet(out OidcMetadata? metadata, out HutchError? refusal)
            && _http.Check(metadata.KeysAddress, "key set").TryGet(out Uri? address, out refusal)
            ? await _http.GetAsync(address, KeySetJson.Default.KeySetAnswer, null, ct)
            : refusal;

    public void Dispose()
    {
        _keys.Dispose();
        _gate.Dispose();
    }

    private string Scope() => string.Join(' ', Options.Scopes.Prepend("openid").Distinct(StringComparer.Ordinal));

    private sealed record Known(OidcMetadata Value, DateTimeOffset Since);
}

/// <summary>The description of a provider (OpenID Connect Discovery 1.0, section 3; RFC 8414, section 2).</summary>
internal sealed record OidcMetadata
{
    [JsonPropertyName("issuer")]
    public string? Issuer { get; init; }

    [JsonPropertyName("authorization_endpoint")]
    public string? AuthorizationEndpoint { get; init; }

    [JsonPropertyName("token_endpoint")]
    public string? TokenEndpoint { get; init; }

    [JsonPropertyName("userinfo_endpoint")]
    public string? UserInfoEndpoint { get; init; }

    [JsonPropertyName("jwks_uri")]
    public string? KeysAddress { get; init; }

    /// <summary>True if its responses name the issuer (RFC 9207); then a response without it is not genuine.</summary>
    [JsonPropertyName("authorization_response_iss_parameter_supported")]
    public bool NamesItself { get; init; }
}
