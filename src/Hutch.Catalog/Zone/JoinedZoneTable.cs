namespace Hutch.Catalog.Zone;

/// <summary>The zone that this server has joined as a site: at most one.</summary>
public sealed class JoinedZoneTable : ZoneTable
{
    internal JoinedZoneTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Returns the zone, or null if this server is a zone itself.</summary>
    public JoinedZoneRecord? Find() =>
        _connection.QuerySingleOrDefault<Row>(
            """
            SELECT zone_id AS ZoneId, site_id AS SiteId, site_name AS SiteName, address AS Address, key_hash AS KeyHash,
                   joined_ms AS JoinedMs, former_id AS FormerId
            FROM joined_zone
            """)?.ToRecord();

    /// <summary>Returns true if this site has datasets from before it joined that it has not reported to the zone.</summary>
    public bool IsImporting() => _connection.ExecuteScalar<long>("SELECT count(*) FROM joined_zone WHERE is_bringing = 1") > 0;

    /// <summary>Notes that all of them were reported.</summary>
    public void EndImport() => _connection.Execute("UPDATE joined_zone SET is_bringing = 0");

    /// <summary>Forgets the zone, before the site is pinned to it anew.</summary>
    public void Clear() => _connection.Execute("DELETE FROM joined_zone");

    /// <summary>Notes where the zone is now, and its key.</summary>
    public void SetAddress(JoinedZoneRecord zone) => _connection.Execute(
        "UPDATE joined_zone SET address = @address, key_hash = @key", new { address = zone.Address, key = zone.Key.ToBytes() });

    public void Pin(JoinedZoneRecord zone, bool isBringing) =>
        _connection.Execute(
            """
            INSERT INTO joined_zone(id, zone_id, site_id, site_name, address, key_hash, joined_ms, former_id, is_bringing)
            VALUES (1, @zone, @siteId, @siteName, @address, @key, @joined, (SELECT id FROM zone_identity), @isBringing)
            """,
            new
            {
                zone = zone.Zone,
                siteId = zone.SiteId,
                siteName = zone.SiteName,
                address = zone.Address,
                key = zone.Key.ToBytes(),
                joined = zone.JoinedAt.ToUnixTimeMilliseconds(),
                isBringing = isBringing ? 1 : 0,
            });

    [method: ExplicitConstructor]
    private sealed record Row(
        string ZoneId, string SiteId, string SiteName, string Address, byte[] KeyHash, long JoinedMs, string? FormerId)
    {
        public JoinedZoneRecord ToRecord() =>
            new(ZoneId, SiteId, SiteName, Address, new BlobHash(KeyHash), ZoneText.Time(JoinedMs)) { FormerId = FormerId };
    }
}
