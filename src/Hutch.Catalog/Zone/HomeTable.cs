using Hutch.Catalog.Sqlite;
using Hutch.Model.Placement;

namespace Hutch.Catalog.Zone;

/// <summary>
/// The homes of datasets, with their epochs. A row outlives the name of its dataset, so that no epoch is ever given twice.
/// </summary>
public sealed class HomeTable : ZoneTable
{
    /// <summary>Joins the home to a query of names, as h.</summary>
    internal const string Join = "JOIN homes h ON h.dataset_id = n.dataset_id";

    internal const string Columns =
        "h.site_id AS HomeId, h.epoch AS HomeEpoch, h.base_hash AS HomeBase, h.next_id AS HomeNext, h.released_hash AS HomeReleased, "
        + "h.problem AS HomeProblem, h.previous_id AS HomePrevious, h.release_proof AS HomeReleaseProof, h.grant_proof AS HomeGrantProof, "
        + "h.trashed_ms AS HomeTrashedMs, h.ended_ms AS HomeEndedMs";

    internal HomeTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Makes a site the home of a dataset, in an epoch that the dataset never had before.</summary>
    /// <param name="siteId">The site; null for the zone server's own.</param>
    public void Begin(DatasetId dataset, string? siteId) =>
        _connection.Execute(
            $"""
            INSERT INTO homes(dataset_id, site_id, epoch) VALUES (@id, coalesce(@siteId, (SELECT id FROM zone_identity)), 1)
                ON CONFLICT (dataset_id) DO UPDATE SET site_id = excluded.site_id, epoch = homes.epoch + 1,
                    base_hash = NULL, next_id = NULL, released_hash = NULL, problem = NULL, previous_id = NULL, release_proof = NULL,
                    grant_proof = NULL, trashed_ms = NULL, ended_ms = {PurgeTable.OfHome}
            """,
            new { id = dataset.ToString(), siteId });

    /// <summary>Raises the epoch of a home to its value before a restore of the zone.</summary>
    public void RaiseTo(DatasetId dataset, string siteId, long epoch) => _connection.Execute(
        "UPDATE homes SET epoch = @epoch WHERE dataset_id = @id AND site_id = @siteId AND epoch < @epoch",
        new { id = dataset.ToString(), siteId, epoch });

    /// <summary>Returns the home of a dataset, even after its name was freed; null for one that never had any.</summary>
    public HomeRecord? Find(DatasetId dataset) =>
        _connection.QuerySingleOrDefault<HomeRow>(
            $"SELECT {Columns} FROM homes h WHERE h.dataset_id = @id", new { id = dataset.ToString() })?.ToHome();

    public IReadOnlyList<(DatasetId Dataset, HomeRecord Home)> Moved() => List("WHERE h.next_id IS NOT NULL OR h.epoch > 1");

    /// <summary>Lists the datasets that are in the trash of their homes, or have ended there.</summary>
    public IReadOnlyList<(DatasetId Dataset, HomeRecord Home)> Over() => List("WHERE h.trashed_ms IS NOT NULL OR h.ended_ms IS NOT NULL");

    /// <summary>Lists the datasets whose homes have changed since a number of the feed.</summary>
    public IReadOnlyList<(DatasetId Dataset, HomeRecord Home)> ChangedSince(long sequence) => List(
        $"JOIN feed f ON {FedTable.HasChanged("homes")} AND f.key = h.dataset_id AND f.sequence > @sequence", new { sequence });

    private IReadOnlyList<(DatasetId Dataset, HomeRecord Home)> List(string which, object? parameters = null) =>
        [.. _connection.Query<MovedRow>(
            $"SELECT h.dataset_id AS Dataset, {Columns} FROM homes h {which} ORDER BY h.dataset_id", parameters)
            .Select(static row => (ZoneText.DatasetId(row.Dataset), row.ToHome()))];

    public void SetNext(DatasetId dataset, string? siteId) => Change(
        dataset, "UPDATE homes SET next_id = @siteId, released_hash = NULL, problem = NULL WHERE dataset_id = @id",
        new { id = dataset.ToString(), siteId });

    public long CountMoving() => _connection.ExecuteScalar<long>("SELECT count(*) FROM homes WHERE next_id IS NOT NULL");

    /// <summary>Notes the release of a home: its last history, the next home, and the signed proof.</summary>
    public void Release(DatasetId dataset, string nextId, BlobHash history, string proof) => Change(
        dataset,
        "UPDATE homes SET next_id = @nextId, released_hash = @history, release_proof = @proof, problem = NULL WHERE dataset_id = @id",
        new { id = dataset.ToString(), nextId, history = history.ToBytes(), proof });

    /// <summary>Notes why a requested release is delayed; the home retries.</summary>
    public void Wait(DatasetId dataset, string problem) => _connection.Execute(
        "UPDATE homes SET problem = @problem WHERE dataset_id = @id", new { id = dataset.ToString(), problem });

    /// <summary>Notes why the home refuses the release: it stays the home.</summary>
    public void SetProblem(DatasetId dataset, string problem) => Change(
        dataset, "UPDATE homes SET next_id = NULL, released_hash = NULL, problem = @problem WHERE dataset_id = @id",
        new { id = dataset.ToString(), problem });

    /// <summary>Notes if a dataset is in its home's trash, or has ended there. One whose purge the zone ordered counts as ended.</summary>
    public void SetEnd(DatasetId dataset, DateTimeOffset? trashedUntil, DateTimeOffset? endedAt) => _connection.Execute(
        $"UPDATE homes SET trashed_ms = @trashed, ended_ms = @ended WHERE dataset_id = @id AND {PurgeTable.OfHome} IS NULL",
        new { id = dataset.ToString(), trashed = SqlTime.ToMilliseconds(trashedUntil), ended = SqlTime.ToMilliseconds(endedAt) });

    /// <summary>Makes a site the home, in a later epoch; this ends a move in progress.</summary>
    public void Move(HomeAssignment grant, string grantProof, string? releaseProof)
    {
        Change(
            grant.Dataset,
            $"""
            UPDATE homes SET site_id = @SiteId, epoch = @Epoch, base_hash = @from, previous_id = @PreviousId, grant_proof = @grantProof,
                release_proof = @releaseProof, next_id = NULL, released_hash = NULL, problem = NULL, trashed_ms = NULL,
                ended_ms = {PurgeTable.OfHome}
            WHERE dataset_id = @id AND epoch < @Epoch
            """,
            new
            {
                id = grant.Dataset.ToString(),
                grant.SiteId,
                grant.Epoch,
                from = grant.Base.ToBytes(),
                grant.PreviousId,
                grantProof,
                releaseProof,
            });
    }

    /// <summary>Cancels all unfinished moves: a home that has released a dataset reports this again.</summary>
    public void DeleteMoves() => _connection.Execute(
        "UPDATE homes SET next_id = NULL, released_hash = NULL, problem = NULL WHERE next_id IS NOT NULL");

    /// <summary>Returns true if a site is the home of a dataset; null stands for the zone server's own.</summary>
    public bool IsAt(DatasetId dataset, string? siteId) =>
        _connection.ExecuteScalar<long>(
            """
            SELECT count(*) FROM homes
            WHERE dataset_id = @id AND site_id = coalesce(@siteId, (SELECT id FROM zone_identity))
            """,
            new { id = dataset.ToString(), siteId }) > 0;

    /// <summary>Changes a home. A rule may hide the dataset from a site unless it is the home, or the next one.</summary>
    private void Change(DatasetId dataset, string statement, object values)
    {
        _connection.Execute(statement, values);
        new FeedTable(_connection, _time).SendAgain(RuleScope.From(dataset));
    }

    [method: ExplicitConstructor]
    private sealed record MovedRow(string Dataset) : HomeRow;
}

[method: ExplicitConstructor]
internal record HomeRow(
    string HomeId = "", long HomeEpoch = 0, byte[]? HomeBase = null, string? HomeNext = null,
    byte[]? HomeReleased = null, string? HomeProblem = null, string? HomePrevious = null,
    string? HomeReleaseProof = null, string? HomeGrantProof = null, long? HomeTrashedMs = null,
    long? HomeEndedMs = null)
{
    public HomeRecord ToHome() => new(HomeId, HomeEpoch)
    {
        Base = HomeBase is { } hash ? new BlobHash(hash) : null,
        NextId = HomeNext,
        Released = HomeReleased is { } released ? new BlobHash(released) : null,
        Problem = HomeProblem,
        PreviousId = HomePrevious,
        ReleaseProof = HomeReleaseProof,
        GrantProof = HomeGrantProof,
        TrashedUntil = SqlTime.FromMilliseconds(HomeTrashedMs),
        EndedAt = SqlTime.FromMilliseconds(HomeEndedMs),
    };
}
