namespace Hutch.Objects.S3;

/// <param name="ETag">Its entity tag, without quotes.</param>
/// <param name="Modified">The time of its storage, by the store's clock; <c>MaxValue</c> if the store gives none.</param>
public sealed record S3Item(string Key, string ETag, long Size, DateTimeOffset Modified)
{
    private const int HutchDigits = 32;

    /// <summary>Returns true if the entity tag proves these bytes: their MD5, as in most stores, or Hutch's. False if in doubt.</summary>
    /// <param name="hash">The SHA-256 of the bytes.</param>
    [SuppressMessage("Security", "CA5351", Justification = "Compared with what a store says, to leave out a put; it protects nothing.")]
    public bool Has(BlobHash hash, ReadOnlySpan<byte> bytes) =>
        Size == bytes.Length
        && (ETag == hash.ToString()[..HutchDigits] + "-1"
            || string.Equals(ETag, Convert.ToHexStringLower(MD5.HashData(bytes)), StringComparison.OrdinalIgnoreCase));
}
