using System.Security.Cryptography;

namespace Hutch.Model.Sites;

/// <summary>
/// A site's signature over bytes that the reader can write too: the public key and the signature, base64, with a dot between.
/// </summary>
public static class SiteSignature
{
    private const int MaxCharacters = 1000;

    /// <param name="publicKey">SubjectPublicKeyInfo; its SHA-256 is the fingerprint of the site's key.</param>
    public static string Format(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature) =>
        Convert.ToBase64String(publicKey) + "." + Convert.ToBase64String(signature);

    /// <summary>Returns true if the site with this fingerprint has signed these bytes.</summary>
    public static bool IsSigned(BlobHash signer, ReadOnlySpan<byte> text, string? proof) =>
        proof is { Length: <= MaxCharacters } && proof.Split('.') is [var key, var signature]
        && Read(key) is { } publicKey && Read(signature) is { } signed
        && IsSigned(signer, publicKey, text, signed);

    /// <summary>Returns true if the site with this fingerprint has this P-256 key, and has signed these bytes.</summary>
    public static bool IsSigned(BlobHash signer, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        if (BlobHash.Compute(publicKey) != signer)
        {
            return false;
        }

        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKey, out _);
            return key.VerifyData(text, signature, HashAlgorithmName.SHA256);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static byte[]? Read(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int length) ? bytes[..length] : null;
    }
}
