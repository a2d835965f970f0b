namespace Hutch.Federation.Keys;

/// <summary>
/// The statement that the zone signs to make a site the home of a dataset. It says if the previous home was declared lost: only the zone
/// can make a site begin without the previous home's release.
/// </summary>
internal sealed record HomeStatement(string Zone, HomeAssignment Grant)
{
    /// <summary>The public key and the signature, as they are kept and passed on.</summary>
    public string Sign(SiteKey key) => Before + SignedText.Sign(key, Text);

    public bool IsSigned(BlobHash signer, string? proof) =>
        proof?.StartsWith(Before, StringComparison.Ordinal) == true && SignedText.IsSigned(signer, Text, proof[Before.Length..]);

    private string Before => Grant.IsLost ? HomeRecord.LostProof : "";

    private byte[] Text => Encoding.ASCII.GetBytes(
        string.Create(
            CultureInfo.InvariantCulture,
            $"hutch-site-1 {(Grant.IsLost ? "home-after-loss" : "home")}\nzone {Zone}\ndataset {Grant.Dataset}\nsite {Grant.SiteId}\n")
        + string.Create(CultureInfo.InvariantCulture, $"epoch {Grant.Epoch}\nhistory {Grant.Base}\nbefore {Grant.PreviousId}"));
}
