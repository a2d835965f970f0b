using System.Data.Common;
using Dapper;
using Hutch.Model;
using Hutch.Model.Placement;
using Hutch.Model.Zone;

namespace Hutch.Catalog.Zone;

/// <summary>
/// Which site is the home of which dataset, in which epoch. A row outlives the name of its dataset, so that no epoch is ever given twice.
/// </summary>
public sealed class HomeTable : ZoneTable
{
    /// <summary>Adds the home to a query of names, as h.</summary>
    internal const string Join = "JOIN homes h ON h.dataset_id = n.dataset_id";

    /// <summary>What a <see cref="HomeRow"/> is read from.</summary>
    internal const string Columns =
        "h.site_id AS HomeId, h.epoch AS HomeEpoch, h.base_hash AS HomeBase, h.next_id AS HomeNext, h.released_hash AS HomeReleased, "
        + "h.problem AS HomeProblem";

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
                ON CONFLICT (dataset_id) DO UPDATE SET site_id = excluded.site_id, epoch = homes.epoch + 1,
                    base_hash = NULL, next_id = NULL, released_hash = NULL, problem = NULL
            """,
            new { id = dataset.ToString(), siteId });

    /// <summary>Raises the epoch of a home to what it had reached before the zone was restored.</summary>
    public void RaiseTo(DatasetId dataset, string siteId, long epoch) => _connection.Execute(
        "UPDATE homes SET epoch = @epoch WHERE dataset_id = @id AND site_id = @siteId AND epoch < @epoch",
        new { id = dataset.ToString(), siteId, epoch });

    /// <summary>The home of a dataset, also of one whose name was freed; null for one that never had any.</summary>
    public HomeRecord? Find(DatasetId dataset) =>
        _connection.QuerySingleOrDefault<HomeRow>(
            $"SELECT {Columns} FROM homes h WHERE h.dataset_id = @id", new { id = dataset.ToString() })?.ToHome();

    /// <summary>The datasets with a name that have moved, or are to move.</summary>
    public IReadOnlyList<(DatasetId Dataset, HomeRecord Home)> Moved() =>
        [.. _connection.Query<MovedRow>(
            $"""
            SELECT h.dataset_id AS Dataset, {Columns} FROM homes h JOIN names n ON n.dataset_id = h.dataset_id
            WHERE h.next_id IS NOT NULL OR h.epoch > 1 ORDER BY h.dataset_id
            """)
            .Select(static row => (ZoneText.DatasetId(row.Dataset), row.ToHome()))];

    /// <summary>Says which site is to be the home next; null for none.</summary>
    public void SetNext(DatasetId dataset, string? siteId) => Change(
        dataset, "UPDATE homes SET next_id = @siteId, released_hash = NULL, problem = NULL WHERE dataset_id = @id",
        new { id = dataset.ToString(), siteId });

    /// <summary>Notes that the home has given up, with which history, and for whom.</summary>
    public void Release(DatasetId dataset, string nextId, BlobHash history) => Change(
        dataset, "UPDATE homes SET next_id = @nextId, released_hash = @history, problem = NULL WHERE dataset_id = @id",
        new { id = dataset.ToString(), nextId, history = history.ToBytes() });

    /// <summary>Notes why the home does not give up: it stays the home.</summary>
    public void Keep(DatasetId dataset, string problem) => Change(
        dataset, "UPDATE homes SET next_id = NULL, released_hash = NULL, problem = @problem WHERE dataset_id = @id",
        new { id = dataset.ToString(), problem });

    /// <summary>Makes the next site the home, in the next epoch: the one before has given up, and it has everything.</summary>
    public void Move(DatasetId dataset) => Change(
        dataset,
        """
        UPDATE homes SET site_id = next_id, epoch = epoch + 1, base_hash = released_hash, next_id = NULL, released_hash = NULL
        WHERE dataset_id = @id AND next_id IS NOT NULL AND released_hash IS NOT NULL
        """,
        new { id = dataset.ToString() });

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

    /// <summary>A rule may keep the dataset away from a site unless it is the home, or is to be it.</summary>
    private void Change(DatasetId dataset, string statement, object values)
    {
        _connection.Execute(statement, values);
        new FeedTable(_connection, _time).SendAgain(RuleScope.Of(dataset));
    }

    private sealed class MovedRow : HomeRow
    {
        public string Dataset { get; init; } = "";
    }
}

/// <summary>A home as its columns are.</summary>
internal class HomeRow
{
    public string HomeId { get; init; } = "";

    public long HomeEpoch { get; init; }

    public byte[]? HomeBase { get; init; }

    public string? HomeNext { get; init; }

    public byte[]? HomeReleased { get; init; }

    public string? HomeProblem { get; init; }

    public HomeRecord ToHome() => new(HomeId, HomeEpoch)
    {
        Base = HomeBase is { } hash ? new BlobHash(hash) : null,
        NextId = HomeNext,
        Released = HomeReleased is { } released ? new BlobHash(released) : null,
        Problem = HomeProblem,
    };
}
