using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hutch.Zone;
using Hutch.Zone.Partners;

namespace Hutch.Api.Tests.Support;

/// <summary>A partner that signs tokens, and shows its key to a server with its <see cref="Zone"/>.</summary>
internal sealed class TestPartner : HttpMessageHandler
{
    public const string Issuer = "https://iam.example.org/";

    private const string Audience = "https://hutch.example.org";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly PartnerRule[] _rules;

    public TestPartner(params PartnerRule[] rules) => _rules = rules;

    public ZoneOptions Zone => TestServer.QuickZone with
    {
        OidcHandler = this,
        Partners = new PartnerOptions
        {
            Issuers =
            [
                new PartnerIssuerOptions { Id = "atlas", Issuer = Issuer, Keys = Issuer + "jwk", Audiences = [Audience], Rules = _rules },
            ],
        },
    };

    public string Token(string scope)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Issuer,
            ["sub"] = "robot-7",
            ["aud"] = Audience,
            ["iat"] = now,
            ["exp"] = now + 1800,
            ["wlcg.ver"] = "1.0",
            ["scope"] = scope,
        };
        string signed = Part(new { alg = "ES256", kid = "one" }) + "." + Part(claims);
        byte[] signature = _key.SignData(
            Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return signed + "." + Base64Url.EncodeToString(signature);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ECPoint point = _key.ExportParameters(false).Q;
        object key = new { kty = "EC", crv = "P-256", kid = "one", x = Base64Url.EncodeToString(point.X), y = Base64Url.EncodeToString(point.Y) };
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StringContent(JsonSerializer.Serialize(new { keys = new[] { key } }), Encoding.UTF8, "application/json"),
        });
    }

    protected override void Dispose(bool disposing)
    {
        _key.Dispose();
        base.Dispose(disposing);
    }

    private static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
}
