using System.Buffers.Text;

namespace Hutch.Zone.SignedTokens;

/// <summary>
/// A provider's public key with its only algorithm: RS256 or ES256. A token with another algorithm, such as `none` or an HMAC with the
/// public key as its secret, matches no key.
/// </summary>
internal sealed class SigningKey
{
    public const string Rs256 = "RS256";
    public const string Es256 = "ES256";

    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 16_384;
    private const int P256Bytes = 32;

    private readonly RSAParameters? _rsa;
    private readonly ECParameters? _curve;

    private SigningKey(string? id, RSAParameters? rsa, ECParameters? curve)
    {
        Id = id;
        _rsa = rsa;
        _curve = curve;
    }

    public string? Id { get; }

    public string Algorithm => _rsa is not null ? Rs256 : Es256;

    /// <summary>Reads a key; null for an unsupported kind or a weak key.</summary>
    public static SigningKey? Read(KeyAnswer key)
    {
        if (key.Use is not (null or "sig"))
        {
            return null;
        }

        try
        {
            return key switch
            {
                { Kind: "RSA", Modulus: { } n, Exponent: { } e, Algorithm: null or Rs256 } =>
                    ReadRsa(key.Id, Base64Url.DecodeFromChars(n), Base64Url.DecodeFromChars(e)),
                { Kind: "EC", Curve: "P-256", X: { } x, Y: { } y, Algorithm: null or Es256 } =>
                    ReadCurve(key.Id, Base64Url.DecodeFromChars(x), Base64Url.DecodeFromChars(y)),
                _ => null,
            };
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return null;
        }
    }

    public bool Verify(byte[] signed, byte[] signature)
    {
        if (_rsa is RSAParameters rsa)
        {
            using var key = RSA.Create(rsa);
            return key.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }

        using var curve = ECDsa.Create(_curve!.Value);
        return signature.Length == 2 * P256Bytes
            && curve.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static SigningKey? ReadRsa(string? id, byte[] modulus, byte[] exponent)
    {
        var parameters = new RSAParameters { Modulus = modulus, Exponent = exponent };
        using var key = RSA.Create(parameters);
        return key.KeySize is >= MinRsaBits and <= MaxRsaBits ? new SigningKey(id, parameters, null) : null;
    }

    private static SigningKey? ReadCurve(string? id, byte[] x, byte[] y)
    {
        if (x.Length != P256Bytes || y.Length != P256Bytes)
        {
            return null;
        }

        var parameters = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } };
        using var key = ECDsa.Create(parameters); // throws for a point that is not on the curve
        return new SigningKey(id, null, parameters);
    }
}
