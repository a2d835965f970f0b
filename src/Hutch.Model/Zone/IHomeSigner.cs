namespace Hutch.Model.Zone;

/// <summary>Signs the zone's grants and orders, and verifies its own signatures.</summary>
public interface IHomeSigner
{
    string Sign(HomeAssignment grant);

    bool HasSigned(HomeAssignment grant, string proof);

    /// <summary>Signs the order to purge a dataset everywhere.</summary>
    string Sign(PurgeOrder order);

    bool HasSigned(PurgeOrder order, string proof);
}
