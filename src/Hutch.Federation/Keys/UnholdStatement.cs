namespace Hutch.Federation.Keys;

/// <summary>The statement that the home signs to end a site's hold: only the home can end it.</summary>
/// <param name="Holder">The fingerprint of the key of the site that holds the copy.</param>
/// <param name="Nonce">The number of the home's request.</param>
internal sealed record UnholdStatement(string Zone, DatasetId Dataset, BlobHash Holder, BlobHash Nonce)
{
    /// <summary>The public key and the signature.</summary>
    public string Sign(SiteKey key) => SignedText.Sign(key, Text);

    public bool IsSigned(BlobHash signer, string? proof) => SignedText.IsSigned(signer, Text, proof);

    private byte[] Text => Encoding.ASCII.GetBytes(
        $"hutch-site-1 unhold\nzone {Zone}\ndataset {Dataset}\nreceiver {Holder}\nnonce {Nonce}");
}
