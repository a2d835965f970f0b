using System.Data.Common;
using Dapper;
using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Catalog.Zone;

/// <summary>
/// Which site is the home of which dataset, in which epoch. A row outlives the name of its dataset, so that no epoch is ever given twice.
/// </summary>
public sealed class HomeTable : ZoneTable
{
    /// <summary>Adds the home to a query of names, as h.</summary>
    internal const string Join = "JOIN homes h ON h.dataset_id = n.dataset_id";

    internal HomeTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Makes a site the home of a dataset, in an epoch that the dataset never had before.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="siteId">The site; null for the one beside the zone.</param>
    public void Begin(DatasetId dataset, string? siteId) =>
        _connection.Execute(
            """
            INSERT INTO homes(dataset_id, site_id, epoch) VALUES (@id, coalesce(@siteId, (SELECT id FROM zone_identity)), 1)
                ON CONFLICT (dataset_id) DO UPDATE SET site_id = excluded.site_id, epoch = homes.epoch + 1
            """,
            new { id = dataset.ToString(), siteId });

    /// <summary>Raises the epoch of a home to what it had reached before the zone was restored.</summary>
    public void RaiseTo(DatasetId dataset, string siteId, long epoch) => _connection.Execute(
        "UPDATE homes SET epoch = @epoch WHERE dataset_id = @id AND site_id = @siteId AND epoch < @epoch",
        new { id = dataset.ToString(), siteId, epoch });

    /// <summary>The home of a dataset, also of one whose name was freed; null for one that never had any.</summary>
    public HomeRecord? Find(DatasetId dataset) => _connection.QuerySingleOrDefault<(string SiteId, long Epoch)?>(
        "SELECT site_id, epoch FROM homes WHERE dataset_id = @id", new { id = dataset.ToString() }) is { } row
        ? new HomeRecord(row.SiteId, row.Epoch)
        : null;

    /// <summary>Whether a site is the home of a dataset; null for the one beside the zone.</summary>
    public bool IsAt(DatasetId dataset, string? siteId) =>
        _connection.ExecuteScalar<long>(
            """
            SELECT count(*) FROM homes
            WHERE dataset_id = @id AND site_id = coalesce(@siteId, (SELECT id FROM zone_identity))
            """,
            new { id = dataset.ToString(), siteId }) > 0;

    /// <summary>How many datasets with a name are at home at a site.</summary>
    public long CountAt(string siteId) =>
        _connection.ExecuteScalar<long>($"SELECT count(*) FROM names n {Join} WHERE h.site_id = @siteId", new { siteId });
}
