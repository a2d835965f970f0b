using Hutch.Model.NarrowedTokens;
using Hutch.Model.Signatures;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Credentials;

/// <summary>
/// Identifies the signer of a request to the S3 door. At the zone the secret of a key is derived; a site has only the signing keys that the
/// zone derived for its region. See docs/decisions/0563-s3-keys-of-a-zone.md.
/// </summary>
/// <remarks>
/// Thread-safe. A known key with a right signature costs a lookup and one HMAC. A key that opens sites counts only for a signed host that
/// is a name of this server: a site that names another's region gets a request signed for that region, and could relay it.
/// </remarks>
public sealed class S3Authenticator
{
    /// <summary>The key of a refusal's detail: <see cref="UnknownKey"/> or <see cref="WrongSignature"/>.</summary>
    public const string ReasonDetail = "reason";

    public const string UnknownKey = "unknown-key";

    /// <summary>The signature does not match the request and the key.</summary>
    public const string WrongSignature = "wrong-signature";

    /// <summary>The key of a refusal's detail for a request that is signed for another region: that of this server.</summary>
    public const string RegionDetail = "region";

    private readonly ZoneDatabase _zone;
    private readonly Authenticator _credentials;
    private readonly S3Keys _keys;
    private readonly SigningKeys _signing;
    private readonly string _configuredRegion;
    private volatile AllowedRegion? _allowed;

    internal S3Authenticator(ZoneDatabase zone, Authenticator credentials, S3Keys keys, SigningKeys signing, string configuredRegion) =>
        (_zone, _credentials, _keys, _signing, _configuredRegion) = (zone, credentials, keys, signing, configuredRegion);

    /// <summary>The region of this server: at a site, the one that its zone gave it.</summary>
    public string Region => (_zone.Joined is null ? null : _signing.Region) ?? _configuredRegion;

    /// <summary>The time by which signatures are judged: that of the zone, also at a site.</summary>
    public DateTimeOffset Now => _zone.Time.GetUtcNow();

    /// <summary>Returns the signer of a request. Failures are limited as for tokens.</summary>
    public ValueTask<Result<S3Signer>> AuthenticateAsync(S3Proof proof, IPAddress? address, CancellationToken ct)
    {
        if (proof.SessionToken is { } session && NarrowedToken.IsOne(session))
        {
            return AuthenticateKeyAsync(proof, session, address, ct);
        }

        string? key = S3Keys.TokenIdOf(proof.AccessKey);

        // At a site, a key counts by the token that the zone made of it for this site.
        string? id = key is null || _zone.Joined is null ? key : _signing.FindToken(key);
        if (id is null)
        {
            return new ValueTask<Result<S3Signer>>(_credentials.Refuse(address, null, NoSuchKey(proof.AccessKey)));
        }

        if (_zone.View is { IsOutdated: true, SilentFor: { } age })
        {
            return new ValueTask<Result<S3Signer>>(Authorizer.OldView(age));
        }

        ValueTask<HutchError?> region = CheckRegionAsync(proof.Day?.Region, ct);
        ValueTask<Result<FoundCredential?>> found = region is { IsCompletedSuccessfully: true, Result: null }
            ? _credentials.FindFactsAsync(id, address, ct)
            : FindAfterAsync(region, id, address, ct);
        return found.IsCompletedSuccessfully
            ? new ValueTask<Result<S3Signer>>(Judge(proof, found.Result, address))
            : JudgeAfterAsync(found, proof, address);
    }

    /// <summary>
    /// Returns the signer with a key of a narrowable token, which is the session token. Its secret is derived from it, so a signature with
    /// it is for this key. A site gets the key itself, so the host that was signed says nothing more.
    /// </summary>
    private async ValueTask<Result<S3Signer>> AuthenticateKeyAsync(
        S3Proof proof, string session, IPAddress? address, CancellationToken ct)
    {
        if (proof.Day is not { } day || proof.IsPresigned)
        {
            return ErrorCode.NarrowedKey.With(
                "A key of a narrowable token signs requests by Signature Version 4 in their headers. It presigns no address and no form: "
                + "the key would be in it.");
        }

        if (await CheckRegionAsync(day.Region, ct) is { } region)
        {
            return region;
        }

        if (!(await _credentials.AuthenticateAsync(session, TokenDoors.S3, address, ct)).TryGet(
            out Caller? caller, out HutchError? refusal))
        {
            return refusal;
        }

        byte[] signingKey = SigV4.SigningKey(NarrowedToken.S3SecretOf(session), day.Date, day.Region, SigV4.S3);
        bool Verify(string stringToSign) => SigV4.Verify(signingKey, stringToSign, proof.Signature);
        return S3Keys.TokenIdOf(proof.AccessKey) != caller.Key!.Id ? _credentials.Refuse(address, null, NoSuchKey(proof.AccessKey))
            : Verify(proof.StringToSign) || proof.OtherStringsToSign.Any(Verify) ? new S3Signer(caller, signingKey)
            : _credentials.Refuse(address, caller.CredentialId, WrongSignatureOf());
    }

    private async ValueTask<Result<FoundCredential?>> FindAfterAsync(
        ValueTask<HutchError?> region, string id, IPAddress? address, CancellationToken ct) =>
        await region is { } wrong ? wrong : await _credentials.FindFactsAsync(id, address, ct);

    private async ValueTask<Result<S3Signer>> JudgeAfterAsync(
        ValueTask<Result<FoundCredential?>> found, S3Proof proof, IPAddress? address) => Judge(proof, await found, address);

    private Result<S3Signer> Judge(S3Proof proof, Result<FoundCredential?> facts, IPAddress? address)
    {
        if (!facts.IsOk)
        {
            return facts.Error;
        }

        if (facts.Value is not { } found || found.Facts.Token is not { } token || !IsKey(token))
        {
            return _credentials.Refuse(address, facts.Value?.Entry.Id, NoSuchKey(proof.AccessKey));
        }

        bool opensSites = token.Scope.Opens.Count > 0;
        if (opensSites && FindMisuse(proof) is { } misuse)
        {
            return misuse;
        }

        ReadOnlyMemory<byte> signingKey = proof.Day is not { } day ? default
            : _zone.Joined is null ? _keys.SigningKey(token, day)
            : _signing.Find(token.Id, day.Date);
        bool Verify(string stringToSign) => proof.Day is null
            ? _keys.VerifyVersion2(token, stringToSign, proof.Signature)
            : !signingKey.IsEmpty && SigV4.Verify(signingKey.Span, stringToSign, proof.Signature);

        bool isExact = Verify(proof.StringToSign);
        if (!isExact && !proof.OtherStringsToSign.Any(Verify))
        {
            return _credentials.Refuse(address, found.Entry.Id, WrongSignatureOf());
        }

        // The other strings leave out the port of the host.
        return opensSites && !isExact
            ? ErrorCode.Unauthenticated.With(
                "This client signs the host without its port, behind which another server could be, so a key that opens sites does not "
                + "count. Use the usual port of HTTP or HTTPS, or a key without sites at the zone.")
            : _credentials.Accept(found, address).Then<S3Signer>(caller => new S3Signer(caller, signingKey));
    }

    private static HutchError WrongSignatureOf() => ErrorCode.Unauthenticated.With(
        "The signature does not match the request and the secret key. Check the secret key, the clock, and that no proxy changes requests.",
        ReasonDetail,
        WrongSignature);

    private bool IsKey(TokenRecord token) => _zone.Joined is null
        ? token.S3Generation is not null
        : token.Scope is { Opens.Count: > 0, IsNarrowable: false };

    /// <summary>Refuses the regions of all present and former sites at the zone, and all but its own at a site.</summary>
    private ValueTask<HutchError?> CheckRegionAsync(string? region, CancellationToken ct)
    {
        if (region is null || region == Region)
        {
            return default;
        }

        if (_zone.Joined is not null)
        {
            return new ValueTask<HutchError?>(OtherRegion(region));
        }

        // A lone key may sign for any region that is no site's. Clients use the same one again and again.
        return _allowed is { } allowed && allowed.Version == _zone.Version && allowed.Region == region
            ? default
            : AskRegionAsync(region, ct);
    }

    private async ValueTask<HutchError?> AskRegionAsync(string region, CancellationToken ct)
    {
        long version = _zone.Version;
        if (await _zone.ReadAsync(tables => tables.Sites.HasRegion(region), ct))
        {
            return OtherRegion(region);
        }

        _allowed = new AllowedRegion(version, region);
        return null;
    }

    private HutchError OtherRegion(string region) => ErrorCode.Unauthenticated.With(
        $"the region {Display.Quote(region)} is wrong; expecting '{Region}'", RegionDetail, Region);

    /// <summary>Returns why a request with a key that opens sites may have been meant for another server; null if it was not.</summary>
    private static HutchError? FindMisuse(S3Proof proof) =>
        proof.Day is null ? ErrorCode.Unauthenticated.With(
            "A key that opens sites needs Signature Version 4 (AWS4-HMAC-SHA256): version 2 covers neither region nor host. In boto3, use "
            + "Config(signature_version='s3v4').")
        : !proof.IsForHere ? ErrorCode.Unauthenticated.With(
            $"The request is signed for the host {Display.Quote(proof.Host)}, which is no configured name of this server, so a key that "
            + "opens sites does not count. Use the server's own address; its operator lists it, with the port, under 's3.names'.")
        : null;

    private HutchError NoSuchKey(string accessKey) => ErrorCode.Unauthenticated.With(
        _zone.Joined is { } zone
            ? $"There is no access key {Display.Quote(accessKey)} for this site. Keys are made at the zone, and name the sites that they "
                + $"open: `hutch token create --s3 --sites {zone.SiteName}`. Keys from before this server joined its zone have ended."
            : $"There is no access key {Display.Quote(accessKey)} here. Create one with `hutch token create --s3`.",
        ReasonDetail, UnknownKey);

    private sealed record AllowedRegion(long Version, string Region);
}

/// <summary>The proof of a request to the S3 door.</summary>
/// <param name="Day">The scope of the signing key; null in Signature Version 2, where the secret itself signs.</param>
/// <param name="Signature">The signature in hex; in base64 in Signature Version 2.</param>
/// <param name="OtherStringsToSign">
/// The strings that clients with known errors sign (git-annex omits the port of the host); evaluated only when the first does not match.
/// </param>
public sealed record S3Proof(
    string AccessKey, S3Day? Day, string StringToSign, string Signature, IEnumerable<string> OtherStringsToSign)
{
    /// <summary>The signed host, with its port; null in Signature Version 2, which covers none.</summary>
    public string? Host { get; init; }

    /// <summary>True if that is a configured name of this server.</summary>
    public bool IsForHere { get; init; }

    /// <summary>The session token; null for none. One that is no key of Hutch means nothing.</summary>
    public string? SessionToken { get; init; }

    /// <summary>True if the signature is in an address or a form, which are passed on.</summary>
    public bool IsPresigned { get; init; }
}

/// <param name="Date">The day of a signature's scope, as <c>20130524</c>.</param>
public sealed record S3Day(string Date, string Region);

/// <param name="SigningKey">The key of that day and region, for chunks of the same request; empty in Signature Version 2.</param>
public sealed record S3Signer(Caller Caller, ReadOnlyMemory<byte> SigningKey);
