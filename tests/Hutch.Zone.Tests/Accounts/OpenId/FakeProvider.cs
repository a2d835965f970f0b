using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;

namespace Hutch.Zone.Tests.Accounts.OpenId;

/// <summary>An OpenID provider in memory, which can be told to lie in any way.</summary>
internal sealed class FakeProvider(TimeProvider time) : HttpMessageHandler
{
    public const string Issuer = "https://id.example.org/realm";
    public const string ClientId = "hutch";

    // Made once: a new key takes a tenth of a second of processor.
    private static readonly RSAParameters Key = NewKey();

    private readonly RSA _rsa = RSA.Create(Key);
    private readonly ECDsa _curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>What it says of itself; a test changes it.</summary>
    public JsonObject Metadata { get; } = new()
    {
        ["issuer"] = Issuer,
        ["authorization_endpoint"] = Issuer + "/authorize",
        ["token_endpoint"] = Issuer + "/token",
        ["userinfo_endpoint"] = Issuer + "/userinfo",
        ["jwks_uri"] = Issuer + "/keys",
        ["authorization_response_iss_parameter_supported"] = true,
    };

    /// <summary>Which key signs: `RS256` or `ES256`.</summary>
    public string Algorithm { get; set; } = "RS256";

    public string KeyId { get; set; } = "one";

    /// <summary>Changes the claims of the next tokens.</summary>
    public Action<JsonObject> Claims { get; set; } = static _ => { };

    /// <summary>Changes the finished token.</summary>
    public Func<string, string> Token { get; set; } = static token => token;

    /// <summary>Makes the token from head and claims in place of signing them.</summary>
    public Func<JsonObject, JsonObject, string>? Forge { get; set; }

    public JsonObject UserInfo { get; set; } = new() { ["sub"] = "subject-1" };

    /// <summary>Answers in place of it; null lets it answer.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage?> Instead { get; set; } = static _ => null;

    public List<string> Asked { get; } = [];

    public Dictionary<string, string> LastForm { get; private set; } = [];

    public string? LastAuthorization { get; private set; }

    /// <summary>The nonce that a login asked for.</summary>
    public string? Nonce { get; set; }

    public RSA Rsa => _rsa;

    /// <summary>The keys that it shows.</summary>
    public JsonArray Keys { get; set; } = [];

    public void ShowKeys()
    {
        RSAParameters rsa = _rsa.ExportParameters(false);
        ECParameters curve = _curve.ExportParameters(false);
        Keys =
        [
            new JsonObject { ["kty"] = "RSA", ["kid"] = KeyId, ["use"] = "sig", ["n"] = Encode(rsa.Modulus!), ["e"] = Encode(rsa.Exponent!) },
            new JsonObject
            {
                ["kty"] = "EC", ["kid"] = KeyId, ["use"] = "sig", ["alg"] = "ES256", ["crv"] = "P-256", ["x"] = Encode(curve.Q.X!), ["y"] = Encode(curve.Q.Y!),
            },
        ];
    }

    public string MakeToken(string? accessToken)
    {
        long now = time.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Issuer,
            ["aud"] = ClientId,
            ["sub"] = "subject-1",
            ["iat"] = now,
            ["exp"] = now + 300,
            ["preferred_username"] = "Ada.Lovelace",
            ["name"] = "Ada Lovelace",
            ["email"] = "ada@example.org",
        };
        if (Nonce is not null)
        {
            claims["nonce"] = Nonce;
        }

        if (accessToken is not null)
        {
            claims["at_hash"] = Encode(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken))[..16]);
        }

        Claims(claims);
        var head = new JsonObject { ["alg"] = Algorithm, ["kid"] = KeyId, ["typ"] = "JWT" };
        return Token(Forge is not null ? Forge(head, claims) : Sign(head, claims));
    }

    public string Sign(JsonObject head, JsonObject claims)
    {
        string signed = Part(head) + "." + Part(claims);
        byte[] bytes = Encoding.ASCII.GetBytes(signed);
        byte[] signature = Algorithm == "ES256"
            ? _curve.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
            : _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return signed + "." + Encode(signature);
    }

    public static string Part(JsonObject json) => Encode(Encoding.UTF8.GetBytes(json.ToJsonString()));

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    public static HttpResponseMessage Json(object json, HttpStatusCode status = HttpStatusCode.OK) => new(status)
    {
        Content = new StringContent(json as string ?? JsonSerializer.Serialize(json), Encoding.UTF8, "application/json"),
    };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath["/realm".Length..];
        Asked.Add(path);
        if (Instead(request) is { } other)
        {
            return other;
        }

        if (Keys.Count == 0)
        {
            ShowKeys();
        }

        if (request.Content is not null)
        {
            var form = HttpUtility.ParseQueryString(await request.Content.ReadAsStringAsync(cancellationToken));
            LastForm = form.AllKeys.ToDictionary(key => key!, key => form[key]!);
            LastAuthorization = request.Headers.Authorization?.ToString();
        }

        return path switch
        {
            "/.well-known/openid-configuration" => Json(Metadata),
            "/keys" => Json(new JsonObject { ["keys"] = Keys.DeepClone() }),
            "/userinfo" => Json(UserInfo),
            "/token" => Json(new { access_token = "access", id_token = MakeToken("access"), token_type = "Bearer" }),
            _ => Json(new { error = "none" }, HttpStatusCode.NotFound),
        };
    }

    protected override void Dispose(bool disposing)
    {
        _rsa.Dispose();
        _curve.Dispose();
        base.Dispose(disposing);
    }

    private static RSAParameters NewKey()
    {
        using RSA rsa = RSA.Create(2048);
        return rsa.ExportParameters(includePrivateParameters: true);
    }
}
