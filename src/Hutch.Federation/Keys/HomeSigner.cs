namespace Hutch.Federation.Keys;

/// <summary>Signs the homes that a zone gives, and the purges that it orders, with the key of its site.</summary>
internal sealed class HomeSigner(SiteKey key, string zone) : IHomeSigner
{
    public string Sign(HomeAssignment grant) => new HomeStatement(zone, grant).Sign(key);

    public bool HasSigned(HomeAssignment grant, string proof) => new HomeStatement(zone, grant).IsSigned(key.Fingerprint, proof);

    public string Sign(PurgeOrder order) => new PurgeStatement(zone, order.Dataset, order.At).Sign(key);

    public bool HasSigned(PurgeOrder order, string proof) =>
        new PurgeStatement(zone, order.Dataset, order.At).IsSigned(key.Fingerprint, proof);
}
