using System.Numerics;
using System.Security.Cryptography;

namespace Hutch.Model.NarrowedTokens;

/// <summary>
/// ECDSA with SHA-256 over P-256 (FIPS 186-5) in the form of narrowed tokens: a private key is its 32 bytes, a public key is x and y, and a
/// signature is r and s with the lower s, so that each signature has one form. All numbers are big-endian.
/// </summary>
internal static class P256
{
    public const int PrivateBytes = 32;
    public const int PublicBytes = 64;
    public const int SignatureBytes = 64;

    private const int NumberBytes = 32;

    private static readonly BigInteger Order = BigInteger.Parse(
        "0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static readonly BigInteger HalfOfOrder = Order >> 1;

    public static byte[] MakePrivate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportParameters(includePrivateParameters: true).D!;
    }

    /// <summary>Returns the public key of a private one; null if that is no private key.</summary>
    public static byte[]? FindPublic(ReadOnlySpan<byte> privateKey)
    {
        using ECDsa? key = OpenPrivate(privateKey);
        return key is null ? null : Join(key.ExportParameters(includePrivateParameters: false).Q);
    }

    public static byte[] Sign(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> message)
    {
        using ECDsa key = OpenPrivate(privateKey) ?? throw new ArgumentException("This is no private key of P-256.", nameof(privateKey));
        byte[] signature = key.SignData(message, HashAlgorithmName.SHA256);
        BigInteger s = ToNumber(signature.AsSpan(NumberBytes));
        return s <= HalfOfOrder ? signature : [.. signature.AsSpan(0, NumberBytes), .. ToBytes(Order - s)];
    }

    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicBytes || signature.Length != SignatureBytes || ToNumber(signature[NumberBytes..]) > HalfOfOrder)
        {
            return false;
        }

        try
        {
            using var key = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = publicKey[..NumberBytes].ToArray(), Y = publicKey[NumberBytes..].ToArray() },
            });
            return key.VerifyData(message, signature, HashAlgorithmName.SHA256);
        }
        catch (CryptographicException)
        {
            return false; // no point of the curve
        }
    }

    private static ECDsa? OpenPrivate(ReadOnlySpan<byte> privateKey)
    {
        if (privateKey.Length != PrivateBytes || ToNumber(privateKey) is var number && (number.IsZero || number >= Order))
        {
            return null;
        }

        return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = privateKey.ToArray() });
    }

    private static byte[] Join(ECPoint point) => [.. point.X!, .. point.Y!];

    private static BigInteger ToNumber(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] ToBytes(BigInteger number)
    {
        byte[] bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[NumberBytes - bytes.Length], .. bytes];
    }
}
