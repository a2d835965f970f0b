using System.Globalization;
using System.Text;
using Hutch.Model.Zone;

namespace Hutch.Federation.Keys;

/// <summary>Signs the homes that a zone gives, and the purges that it orders, with the key of its site.</summary>
internal sealed class HomeSeal(SiteKey key, string zone) : IHomeSeal
{
    public string Sign(HomeGrant grant) => SignedText.Sign(key, Text(grant));

    public bool HasSigned(HomeGrant grant, string proof) => SignedText.IsSigned(key.Fingerprint, Text(grant), proof);

    public string Sign(PurgeOrder order) => new PurgeStatement(zone, order.Dataset, order.At).Sign(key);

    public bool HasSigned(PurgeOrder order, string proof) =>
        new PurgeStatement(zone, order.Dataset, order.At).IsSigned(key.Fingerprint, proof);

    private byte[] Text(HomeGrant grant) => Encoding.ASCII.GetBytes(
        string.Create(
            CultureInfo.InvariantCulture,
            $"hutch-site-1 home\nzone {zone}\ndataset {grant.Dataset}\nsite {grant.SiteId}\nepoch {grant.Epoch}\n")
        + $"history {grant.Base}\nbefore {grant.PreviousId}");
}
