using System.Globalization;
using System.Text;
using Hutch.Model.Zone;

namespace Hutch.Federation.Keys;

/// <summary>Signs the homes that a zone gives with the key of its site.</summary>
internal sealed class HomeSeal(SiteKey key, string zone) : IHomeSeal
{
    public string Sign(HomeGrant grant) => SignedText.Sign(key, Text(grant));

    public bool HasSigned(HomeGrant grant, string proof) => SignedText.IsSigned(key.Fingerprint, Text(grant), proof);

    private byte[] Text(HomeGrant grant) => Encoding.ASCII.GetBytes(
        string.Create(
            CultureInfo.InvariantCulture,
            $"hutch-site-1 home\nzone {zone}\ndataset {grant.Dataset}\nsite {grant.SiteId}\nepoch {grant.Epoch}\n")
        + $"history {grant.Base}\nbefore {grant.PreviousId}");
}
