namespace Hutch.Federation.Keys;

/// <summary>The statement that a site signs when nothing of a purged dataset is left there, so that a lie can be proved.</summary>
/// <param name="At">The time of the order.</param>
internal sealed record PurgedStatement(string Zone, DatasetId Dataset, DateTimeOffset At, string Site)
{
    /// <summary>The public key and the signature, as they are kept and passed on.</summary>
    public string Sign(SiteKey key) => SignedText.Sign(key, Text);

    public bool IsSigned(BlobHash signer, string? proof) => SignedText.IsSigned(signer, Text, proof);

    private byte[] Text => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"hutch-site-1 purged\nzone {Zone}\ndataset {Dataset}\nat {At.ToUnixTimeMilliseconds()}\nsite {Site}"));
}
