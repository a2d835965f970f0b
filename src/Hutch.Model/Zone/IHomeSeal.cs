namespace Hutch.Model.Zone;

/// <summary>Signs what a zone grants and orders, and knows it again.</summary>
public interface IHomeSeal
{
    /// <summary>Signs a grant.</summary>
    string Sign(HomeGrant grant);

    /// <summary>Whether this zone has signed it.</summary>
    bool HasSigned(HomeGrant grant, string proof);

    /// <summary>Signs the order to purge a dataset everywhere.</summary>
    string Sign(PurgeOrder order);

    /// <summary>Whether this zone has signed it.</summary>
    bool HasSigned(PurgeOrder order, string proof);
}
