namespace Hutch.Federation.Keys;

/// <summary>
/// The statement that a site signs about a copy that it has read again and holds: zone, home, dataset, epoch, history, number and digest.
/// So it answers no other question, and a lie can be proved.
/// </summary>
/// <param name="History">The SHA-256 of the history that the copy has.</param>
internal sealed record AttestStatement(
    string Zone, DatasetId Dataset, long Epoch, BlobHash History, BlobHash Nonce, BlobHash Home, BlobHash Digest)
{
    /// <summary>The public key and the signature, as they are kept and passed on.</summary>
    public string Sign(SiteKey key) => SignedText.Sign(key, Text(key.Fingerprint));

    public bool IsSigned(BlobHash signer, string? proof) => SignedText.IsSigned(signer, Text(signer), proof);

    private byte[] Text(BlobHash signer) => Encoding.ASCII.GetBytes(
        string.Create(
            CultureInfo.InvariantCulture,
            $"hutch-site-1 attest\nzone {Zone}\nsigner {signer}\nreceiver {Home}\ndataset {Dataset}\nepoch {Epoch}\n")
        + $"history {History}\nnonce {Nonce}\ndigest {Digest}");
}
