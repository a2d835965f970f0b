using Hutch.Model.Sites;

namespace Hutch.Federation.Keys;

/// <summary>A signature over bytes that the reader can write too.</summary>
internal static class SignedText
{
    /// <summary>Signs bytes that state their purpose.</summary>
    public static string Sign(SiteKey key, byte[] text) => SiteSignature.Format(key.PublicKey, key.Sign(text));

    /// <summary>Returns true if the site with this fingerprint has signed these bytes.</summary>
    public static bool IsSigned(BlobHash signer, byte[] text, string? proof) => SiteSignature.IsSigned(signer, text, proof);
}
