namespace Hutch.Federation.Keys;

/// <summary>
/// The statement that a home signs to release a dataset: dataset, epoch, receiver and history. No other site can claim the release, and the
/// home cannot deny it.
/// </summary>
/// <param name="History">The SHA-256 of the history of everything that was accepted.</param>
internal sealed record ReleaseStatement(string Zone, DatasetId Dataset, long Epoch, string To, BlobHash History)
{
    /// <summary>The public key and the signature, as they are kept and passed on.</summary>
    public string Sign(SiteKey key) => SignedText.Sign(key, Text);

    public bool IsSigned(BlobHash signer, string? proof) => SignedText.IsSigned(signer, Text, proof);

    private byte[] Text => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"hutch-site-1 release\nzone {Zone}\ndataset {Dataset}\nepoch {Epoch}\nreceiver {To}\nhistory {History}"));
}
