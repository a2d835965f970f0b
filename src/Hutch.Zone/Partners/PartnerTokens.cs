using Hutch.Zone.Authorization;
using Hutch.Zone.SignedTokens;

namespace Hutch.Zone.Partners;

/// <summary>
/// Accepts tokens that partners have signed, for reading what the rules of the configuration give. The server asks the issuer for its keys
/// only: no token can be revoked, so that each ends by its time. Thread-safe.
/// </summary>
internal sealed class PartnerTokens : IDisposable
{
    private const int MaxCharacters = 16 * 1024;
    private const int MaxAreas = 64;
    private const int MaxShownAreas = 3;

    // Section 4.3.1 of the profile: keys are read again after 1 to 6 hours, and end after 1 to 4 days without their issuer.
    private static readonly KeyLifetimes KeyTimes = new(TimeSpan.FromHours(1), TimeSpan.FromMinutes(1), TimeSpan.FromDays(1));

    private readonly ZoneDatabase _zone;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly Dictionary<string, Partner> _partners;

    public PartnerTokens(ZoneDatabase zone, PartnerOptions options, HttpMessageHandler? handler, TimeProvider time)
    {
        (_zone, _time) = (zone, time);
        _http = IssuerHttp.MakeClient(handler, options.TimeoutSeconds);
        _partners = options.Issuers.ToDictionary(
            static issuer => issuer.Issuer, issuer => new Partner(issuer, _http, time), StringComparer.Ordinal);
    }

    /// <summary>Returns true for a text that may be a signed token; one of Hutch never is.</summary>
    public bool MayTake(string presented) => _partners.Count > 0 && presented.Contains('.', StringComparison.Ordinal);

    /// <summary>Returns the caller of a token; 401 for one that is refused, 403 for a valid one for which no rule gives anything.</summary>
    public async ValueTask<Result<Caller>> FindCallerAsync(string presented, CancellationToken ct)
    {
        if (_zone.View is { IsOutdated: true, SilentFor: { } age })
        {
            return Authorizer.OldView(age);
        }

        if (presented.Length > MaxCharacters || SignedToken.Parse(presented) is not SignedToken token)
        {
            return Refuse($"it is not a signed token (JWT) of at most {MaxCharacters} characters");
        }

        if (SignedToken.Text(token.Claims, "iss") is not { } name || !_partners.TryGetValue(name, out Partner? partner))
        {
            return Refuse("its issuer is no partner of this server");
        }

        // The claims come first: they cost nothing, and an old token causes no request to its issuer.
        if (!PartnerClaims.Check(token, partner.Options, _time.GetUtcNow()).TryGet(out PartnerClaims? claims, out HutchError? refusal))
        {
            return Refuse(refusal.Message);
        }

        if (!(await partner.CheckSignatureAsync(token, ct)).TryGet(out _, out refusal))
        {
            return refusal;
        }

        PartnerTarget[] targets = [.. partner.Rules.SelectMany(rule => rule.TargetsOf(claims)).Distinct()];
        if (targets.Length > MaxAreas)
        {
            return Refuse($"it reads {targets.Length} datasets and owners, and at most {MaxAreas} are possible");
        }

        PartnerArea[] areas = await _zone.ReadAsync<PartnerArea[]>(
            tables => [.. targets.Select(target => target.Find(tables)).OfType<PartnerArea>()], ct);
        areas = WithoutContained(areas);
        if (areas.Length > 1 && Array.Exists(areas, static area => area.Folder is not null))
        {
            return Refuse("it reads a folder of a dataset and other data: get one token for each folder");
        }

        return areas.Length > 0
            ? Caller.ForPartner(new PartnerCaller(partner.Options.Issuer, claims.Subject, claims.ExpiresAt, areas))
            : NothingGiven(partner.Options, claims);
    }

    /// <summary>Returns the refusal of a caller whose token has ended, during a long operation; null before its end.</summary>
    public static HutchError? FindEnd(Caller caller, DateTimeOffset now) => caller.ExpiresAt <= now ? Refuse("it has expired") : null;

    public void Dispose()
    {
        foreach (Partner partner in _partners.Values)
        {
            partner.Dispose();
        }

        _http.Dispose();
    }

    /// <summary>Leaves out what is in another area, and what is there twice.</summary>
    private static PartnerArea[] WithoutContained(PartnerArea[] areas) =>
    [
        .. areas.Where((area, i) => !areas.Where(
            (other, j) => i != j && other.Contains(area) && (j < i || !area.Contains(other))).Any()),
    ];

    private static HutchError Refuse(string reason) => (ErrorCode.Unauthenticated with
    {
        Advice = "Get a new token from its issuer, with this server as the audience.",
    }).With($"This token of a partner is refused: {reason}.");

    private static HutchError NothingGiven(PartnerIssuerOptions issuer, PartnerClaims claims)
    {
        string[] asked = [.. claims.Paths.Select(static path => "storage.read:/" + string.Join('/', path.Parts)), .. claims.Groups];
        string shown = asked.Length == 0
            ? "It has neither the scope storage.read nor a group."
            : $"It has {Display.Plain(string.Join(", ", asked.Take(MaxShownAreas)), Display.MaxShownCharacters)}.";
        return (ErrorCode.Forbidden with { Advice = "Ask the operator of this server which paths and groups read what." }).With(
            $"This token of the partner '{issuer.Id}' is valid, but no rule of this server gives it anything. {shown}");
    }

    private sealed class Partner : IDisposable
    {
        private readonly IssuerKeys _keys;

        public Partner(PartnerIssuerOptions options, HttpClient http, TimeProvider time)
        {
            Options = options;
            Rules = [.. options.Rules.Select(PartnerMapping.From)];
            var issuer = new IssuerHttp(http, options.Id, "Its tokens are not accepted.");
            _keys = new IssuerKeys(
                ct => issuer.GetAsync(new Uri(options.Keys), KeySetJson.Default.KeySetAnswer, null, ct), KeyTimes, time);
        }

        public PartnerIssuerOptions Options { get; }

        public IReadOnlyList<PartnerMapping> Rules { get; }

        public async ValueTask<Result<Done>> CheckSignatureAsync(SignedToken token, CancellationToken ct)
        {
            // A key alone has an algorithm; the token's word for it only must not be another one.
            if (token.Algorithm is not (SigningKey.Rs256 or SigningKey.Es256) || token.KeyId is null)
            {
                return Refuse("it names no key ('kid'), or is not signed with RS256 or ES256");
            }

            Result<bool> signed = await _keys.HaveSignedAsync(token, ct);
            if (!signed.IsOk)
            {
                return (ErrorCode.ProviderUnavailable with { Advice = "Try again in a minute." }).With(
                    $"The token cannot be checked. {signed.Error.Message}");
            }

            return signed.Value ? Done.Value : Refuse("its signature is by none of its issuer's keys");
        }

        public void Dispose() => _keys.Dispose();
    }
}
