using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Hutch.Model;

namespace Hutch.Objects.S3;

/// <summary>An object in the listing of a bucket.</summary>
/// <param name="Key">Its key.</param>
/// <param name="ETag">Its entity tag, without quotes.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Modified">When it was stored, by the store's clock; the end of time when it does not say so.</param>
public sealed record S3Item(string Key, string ETag, long Size, DateTimeOffset Modified)
{
    private const int HutchDigits = 32;

    /// <summary>
    /// Whether its tag says that it has these bytes already: the MD5 of most stores, or what Hutch says. When in doubt, no.
    /// </summary>
    /// <param name="hash">The SHA-256 of the bytes.</param>
    /// <param name="bytes">The bytes.</param>
    [SuppressMessage("Security", "CA5351", Justification = "Compared with what a store says, to leave out a put; it protects nothing.")]
    public bool Has(BlobHash hash, ReadOnlySpan<byte> bytes) =>
        Size == bytes.Length
        && (ETag == hash.ToString()[..HutchDigits] + "-1"
            || string.Equals(ETag, Convert.ToHexStringLower(MD5.HashData(bytes)), StringComparison.OrdinalIgnoreCase));
}
