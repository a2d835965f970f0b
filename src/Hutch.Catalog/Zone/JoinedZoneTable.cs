using System.Data.Common;
using Dapper;
using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Catalog.Zone;

/// <summary>The zone that this server has joined as a site: at most one.</summary>
public sealed class JoinedZoneTable : ZoneTable
{
    internal JoinedZoneTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>The zone, or null where this server is a zone itself.</summary>
    public JoinedZoneRecord? Find() =>
        _connection.QuerySingleOrDefault<Row>(
            """
            SELECT zone_id AS ZoneId, site_id AS SiteId, site_name AS SiteName, address AS Address, key_hash AS KeyHash,
                   joined_ms AS JoinedMs
            FROM joined_zone
            """)?.ToRecord();

    /// <summary>Notes the zone; there was none.</summary>
    public void Pin(JoinedZoneRecord zone) =>
        _connection.Execute(
            """
            INSERT INTO joined_zone(id, zone_id, site_id, site_name, address, key_hash, joined_ms)
            VALUES (1, @zone, @siteId, @siteName, @address, @key, @joined)
            """,
            new
            {
                zone = zone.Zone,
                siteId = zone.SiteId,
                siteName = zone.SiteName,
                address = zone.Address,
                key = zone.Key.ToBytes(),
                joined = zone.JoinedAt.ToUnixTimeMilliseconds(),
            });

    private sealed class Row
    {
        public string ZoneId { get; init; } = "";

        public string SiteId { get; init; } = "";

        public string SiteName { get; init; } = "";

        public string Address { get; init; } = "";

        public byte[] KeyHash { get; init; } = [];

        public long JoinedMs { get; init; }

        public JoinedZoneRecord ToRecord() =>
            new(ZoneId, SiteId, SiteName, Address, new BlobHash(KeyHash), ZoneText.Time(JoinedMs));
    }
}
