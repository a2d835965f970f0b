namespace Hutch.Federation.Keys;

/// <summary>The statement that the zone signs to order a purge: the word of a home alone makes no site end a dataset at once.</summary>
/// <param name="At">The time of the order.</param>
internal sealed record PurgeStatement(string Zone, DatasetId Dataset, DateTimeOffset At)
{
    /// <summary>The public key and the signature, as they are kept and passed on.</summary>
    public string Sign(SiteKey key) => SignedText.Sign(key, Text);

    public bool IsSigned(BlobHash signer, string? proof) => SignedText.IsSigned(signer, Text, proof);

    private byte[] Text => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"hutch-site-1 purge\nzone {Zone}\ndataset {Dataset}\nat {At.ToUnixTimeMilliseconds()}"));
}
