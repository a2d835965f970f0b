using Hutch.Federation.Wire;

namespace Hutch.Federation.Keys;

/// <summary>A signature over bytes that the reader can write too: the public key and the signature, base64, with a dot between.</summary>
internal static class SignedText
{
    private const int MaxCharacters = 1000;

    /// <summary>Signs bytes that state their purpose.</summary>
    public static string Sign(SiteKey key, byte[] text) =>
        Convert.ToBase64String(key.PublicKey) + "." + Convert.ToBase64String(key.Sign(text));

    /// <summary>Returns true if the site with this fingerprint has signed these bytes.</summary>
    public static bool IsSigned(BlobHash signer, byte[] text, string? proof) =>
        proof is { Length: <= MaxCharacters } && proof.Split('.') is [var key, var signature]
        && Base64Field.Read(key) is { } publicKey && Base64Field.Read(signature) is { } signed
        && SiteKey.HasSigned(signer, publicKey, text, signed);
}
