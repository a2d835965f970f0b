using System.Globalization;
using System.Text;
using Hutch.Model;

namespace Hutch.Federation.Keys;

/// <summary>What the zone signs as it orders a purge: no site ends anything at once on the word of a home.</summary>
/// <param name="Zone">The id of the zone.</param>
/// <param name="Dataset">The dataset.</param>
/// <param name="At">When it was ordered.</param>
internal sealed record PurgeStatement(string Zone, DatasetId Dataset, DateTimeOffset At)
{
    /// <summary>The public key and the signature, as they are kept and passed on.</summary>
    public string Sign(SiteKey key) => SignedText.Sign(key, Text);

    /// <summary>Whether the site with this fingerprint has signed it.</summary>
    public bool IsSigned(BlobHash signer, string? proof) => SignedText.IsSigned(signer, Text, proof);

    private byte[] Text => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"hutch-site-1 purge\nzone {Zone}\ndataset {Dataset}\nat {At.ToUnixTimeMilliseconds()}"));
}
