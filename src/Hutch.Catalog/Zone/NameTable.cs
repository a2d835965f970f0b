using System.Data;
using Hutch.Catalog.Sqlite;
using Hutch.Model.Placement;

namespace Hutch.Catalog.Zone;

public sealed class NameTable : ZoneTable
{
    private const string Columns =
        $"""
        n.dataset_id AS DatasetId, n.slug AS Slug, n.public_right AS PublicRight, n.public_from_ms AS PublicFromMs,
        n.created_ms AS CreatedMs, p.id AS OwnerId, p.kind AS OwnerKind, p.name AS OwnerName,
        {HomeTable.Columns}, {ProvisionalNameTable.Columns}
        """;

    private const string From =
        $"FROM names n JOIN principals p ON p.id = n.owner_id {HomeTable.Join} {ProvisionalNameTable.Join}";

    private const string Select = $"SELECT {Columns} {From}";

    private const string BehindName =
        "(p.name > @afterOwner OR (p.name = @afterOwner AND n.slug > @afterSlug)) ORDER BY p.name, n.slug";

    private const string BehindNewer =
        "(n.created_ms < @before OR (n.created_ms = @before AND n.dataset_id < @beforeId)) ORDER BY n.created_ms DESC, n.dataset_id DESC";

    internal NameTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    public NameRecord? Find(DatasetId dataset) =>
        _connection.QuerySingleOrDefault<Row>(Select + " WHERE n.dataset_id = @id", new { id = dataset.ToString() })?.ToRecord();

    public NameRecord? Find(string owner, string slug) =>
        _connection.QuerySingleOrDefault<Row>(Select + " WHERE p.name = @owner AND n.slug = @slug", new { owner, slug })?.ToRecord();

    /// <summary>Returns the slug, with a number appended if the owner has a dataset with that name.</summary>
    public string FindFree(string owner, string slug) =>
        Enumerable.Range(1, int.MaxValue).Select(number => Slug.Numbered(slug, number)).First(text => Find(owner, text) is null);

    /// <summary>Lists every dataset with this slug, in the order of the owners' names.</summary>
    public IReadOnlyList<NameRecord> FindBySlug(string slug, int limit) =>
        [.. _connection.Query<Row>(Select + " WHERE n.slug = @slug ORDER BY p.name LIMIT @limit", new { slug, limit })
            .Select(r => r.ToRecord())];

    /// <summary>
    /// Reserves a name for a dataset. A repetition with the same dataset, owner and slug changes nothing and returns the same answer, so
    /// that a caller repeats a request whose outcome is unknown. A taken name is refused.
    /// </summary>
    /// <param name="homeId">The site of its home; null for the zone server's own.</param>
    public Result<NameRecord> Reserve(
        DatasetId dataset, PrincipalRecord owner, string slug, Visibility visibility, string? homeId = null)
    {
        if (Find(dataset) is NameRecord before)
        {
            // Only its owner gets this answer: to others the id reveals no owner. A second site never becomes its home by a request.
            bool isSame = before.Owner.Id == owner.Id && new HomeTable(_connection, _time).IsAt(dataset, homeId);
            return !isSame ? ErrorCode.AlreadyExists.With($"The dataset id {dataset} is in use; take a new one.")
                : before.Slug != slug ? ErrorCode.AlreadyExists.With(
                    $"The dataset {dataset} is called {before.FullName} already; rename it instead.")
                : before;
        }

        if (FindTaken(owner, slug) is HutchError taken)
        {
            return taken;
        }

        _connection.Execute(
            """
            INSERT INTO names(dataset_id, owner_id, slug, public_right, public_from_ms, created_ms)
            VALUES (@id, @owner, @slug, @right, @from, @now)
            """,
            new
            {
                id = dataset.ToString(),
                owner = owner.Id.ToString(),
                slug,
                right = visibility.Right.ToName(),
                from = SqlTime.ToMilliseconds(visibility.From),
                now = SqlTime.Now(_time),
            });
        new HomeTable(_connection, _time).Begin(dataset, homeId);
        return Find(dataset)!;
    }

    /// <summary>
    /// Gives a dataset another owner, another slug, or both. The new name must be free. A change of the owner ends an offer.
    /// </summary>
    public Result<NameRecord> Rename(DatasetId dataset, PrincipalRecord owner, string slug)
    {
        if (Find(dataset) is not NameRecord before)
        {
            return ErrorCode.NotFound.With($"There is no dataset {dataset}.");
        }

        if (before.Owner.Id == owner.Id && before.Slug == slug)
        {
            return before;
        }

        if (FindTaken(owner, slug) is HutchError taken)
        {
            return taken;
        }

        if (before.Owner.Id != owner.Id)
        {
            new OfferTable(_connection, _time).Remove(dataset);
        }

        _connection.Execute(
            "UPDATE names SET owner_id = @owner, slug = @slug WHERE dataset_id = @id",
            new { id = dataset.ToString(), owner = owner.Id.ToString(), slug });
        if (before.Owner.Id != owner.Id)
        {
            // A rule may keep the datasets of one owner away from sites, and not those of the other.
            new FeedTable(_connection, _time).SendAgain(RuleScope.From(dataset));
        }

        return Find(dataset)!;
    }

    public bool SetVisibility(DatasetId dataset, Visibility visibility) =>
        _connection.Execute(
            "UPDATE names SET public_right = @right, public_from_ms = @from WHERE dataset_id = @id",
            new { id = dataset.ToString(), right = visibility.Right.ToName(), from = SqlTime.ToMilliseconds(visibility.From) }) > 0;

    /// <summary>Frees a name and removes every grant, link, invite and rule of the dataset; returns false when it had no name.</summary>
    public bool Release(DatasetId dataset)
    {
        var id = new { id = dataset.ToString() };
        _connection.Execute("DELETE FROM grants WHERE dataset_id = @id", id);
        _connection.Execute("DELETE FROM links WHERE dataset_id = @id", id);
        new InviteTable(_connection, _time).DeleteDataset(dataset);
        new OfferTable(_connection, _time).Remove(dataset);
        new AccessRequestTable(_connection, _time).RemoveOn(dataset);
        new DownloadTable(_connection, _time).RemoveOf(dataset);
        new RuleTable(_connection, _time).EndOf(dataset);
        new SummaryTable(_connection, _time).Remove(dataset);

        // A site from which the dataset was kept away has not got this row, which stays.
        _connection.Execute("UPDATE homes SET epoch = epoch WHERE dataset_id = @id", id);
        return _connection.Execute("DELETE FROM names WHERE dataset_id = @id", id) > 0;
    }

    public long CountOwnedBy(PrincipalId owner) =>
        _connection.ExecuteScalar<long>("SELECT count(*) FROM names WHERE owner_id = @owner", new { owner = owner.ToString() });

    /// <summary>Lists every dataset of an owner, in the order of the slugs.</summary>
    public IReadOnlyList<NameRecord> OwnedBy(PrincipalId owner) =>
        [.. _connection.Query<Row>(Select + " WHERE n.owner_id = @owner ORDER BY n.slug", new { owner = owner.ToString() })
            .Select(r => r.ToRecord())];

    /// <summary>Lists all names in the order of their dataset ids, for comparison with a site's datasets.</summary>
    public IReadOnlyList<NameRecord> ListAll(DatasetId? after, int limit) =>
        [.. _connection.Query<Row>(
            Select + " WHERE n.dataset_id > @after ORDER BY n.dataset_id LIMIT @limit", new { after = after?.ToString() ?? "", limit })
            .Select(r => r.ToRecord())];

    /// <summary>
    /// Lists names in the order in which they were given, after a time: at least up to a limit, with all of the last millisecond.
    /// </summary>
    public IReadOnlyList<NameRecord> ListNamedAfter(long afterMilliseconds, int limit) =>
        _connection.ExecuteScalar<long?>(
            "SELECT max(created_ms) FROM (SELECT created_ms FROM names WHERE created_ms > @afterMilliseconds "
            + "ORDER BY created_ms LIMIT @limit) AS page",
            new { afterMilliseconds, limit }) is not { } last
            ? []
            : [.. _connection.Query<Row>(
                Select + " WHERE n.created_ms > @afterMilliseconds AND n.created_ms <= @last ORDER BY n.created_ms, n.dataset_id",
                new { afterMilliseconds, last }).Select(static row => row.ToRecord())];

    /// <summary>Lists the names of the datasets whose home is a site, in the order of their ids.</summary>
    public IReadOnlyList<NameRecord> ListAtHome(string siteId) =>
        [.. _connection.Query<Row>(Select + " WHERE h.site_id = @siteId ORDER BY n.dataset_id", new { siteId }).Select(r => r.ToRecord())];

    /// <summary>Lists the names of the datasets with a wanted copy at a site, in the order of the copies' requests.</summary>
    public IReadOnlyList<AssignedCopy> ListCopiedTo(string siteId) =>
        [.. _connection.Query<AskedRow>(
            $"SELECT {Columns}, c.asked_ms AS AskedMs {From} JOIN copies c ON c.dataset_id = n.dataset_id "
            + "WHERE c.site_id = @siteId AND c.released_ms IS NULL ORDER BY c.asked_ms, n.dataset_id",
            new { siteId }).Select(static row => new AssignedCopy(row.ToRecord(), ZoneText.Time(row.AskedMs)))];

    /// <summary>Lists the datasets that a caller may view, in the order of owner and slug, or the newest first.</summary>
    public IReadOnlyList<NameRecord> ListVisible(VisibleNames query)
    {
        var parameters = new DynamicParameters();
        string principals = AddList(parameters, "principal", query.Principals.Select(p => p.ToString()));
        parameters.Add("now", SqlTime.Now(_time));
        parameters.Add("owner", query.Owner, DbType.String);
        parameters.Add("slug", query.Slug, DbType.String);
        parameters.Add("afterOwner", query.After?.Owner ?? "");
        parameters.Add("afterSlug", query.After?.Slug ?? "");
        parameters.Add("before", query.Before?.At.ToUnixTimeMilliseconds() ?? long.MaxValue);
        parameters.Add("beforeId", query.Before?.Dataset.ToString() ?? "");
        parameters.Add("home", query.HomeId, DbType.String);
        parameters.Add("heldAt", query.HeldAt, DbType.String);
        parameters.Add("limit", query.Limit);
        string who = query.Everything ? "1 = 1" : VisibleTo(query, principals);
        string held = query.HeldAt is null ? "1 = 1" : HeldThere;
        return [.. _connection.Query<Row>(
            $"""
            {Select}
            WHERE ({who}) AND ({held}) AND (@owner IS NULL OR p.name = @owner) AND (@slug IS NULL OR n.slug = @slug OR v.slug = @slug)
              AND {(query.IsNewestFirst ? BehindNewer : BehindName)} LIMIT @limit
            """,
            parameters).Select(r => r.ToRecord())];
    }

    private const string Open = "(n.public_right <> 'none' AND (n.public_from_ms IS NULL OR n.public_from_ms <= @now))";

    private const string HeldThere =
        "h.site_id = @heldAt OR " + Open
        + " OR EXISTS (SELECT 1 FROM copies c WHERE c.dataset_id = n.dataset_id AND c.site_id = @heldAt AND c.released_ms IS NULL)";

    private static string VisibleTo(VisibleNames query, string principals)
    {
        string owned = $"n.owner_id IN {principals}";
        string granted =
            $"""
            EXISTS (SELECT 1 FROM grants g WHERE g.dataset_id = n.dataset_id AND g.principal_id IN {principals}
                    AND (g.from_ms IS NULL OR g.from_ms <= @now))
            """;
        bool anyPrincipal = query.Principals.Count > 0;
        List<string> ways = [];
        if (anyPrincipal && !query.OnlyShared)
        {
            ways.Add(owned);
        }

        if (anyPrincipal)
        {
            ways.Add(query.OnlyShared ? $"({granted} AND NOT {owned})" : granted);
        }

        if (query.IncludePublic)
        {
            ways.Add(Open);
        }

        if (query.HomeId is not null)
        {
            ways.Add("h.site_id = @home");
        }

        return ways.Count == 0 ? "1 = 0" : string.Join(" OR ", ways);
    }

    private HutchError? FindTaken(PrincipalRecord owner, string slug)
    {
        long taken = _connection.ExecuteScalar<long>(
            "SELECT count(*) FROM names WHERE owner_id = @owner AND slug = @slug", new { owner = owner.Id.ToString(), slug });
        return taken == 0 ? null : ErrorCode.AlreadyExists.With(
            $"A dataset called {owner.Name}/{slug} exists already.", "name", owner.Name + "/" + slug);
    }

    [method: ExplicitConstructor]
    private record Row(
        string DatasetId = "", string Slug = "", string PublicRight = "", long? PublicFromMs = null,
        long CreatedMs = 0, string OwnerId = "", string OwnerKind = "", string OwnerName = "",
        string? AliasOwner = null, string? AliasSlug = null) : HomeRow
    {
        public NameRecord ToRecord() =>
            new(ZoneText.DatasetId(DatasetId),
                new PrincipalRecord(ZoneText.PrincipalId(OwnerId), ZoneText.Kind(OwnerKind), OwnerName), Slug,
                new Visibility(ZoneText.Right(PublicRight), SqlTime.FromMilliseconds(PublicFromMs)), ZoneText.Time(CreatedMs),
                ToHome())
            {
                Alias = AliasOwner is null || (AliasOwner == OwnerName && AliasSlug == Slug) ? null : AliasOwner + "/" + AliasSlug,
            };
    }

    [method: ExplicitConstructor]
    private sealed record AskedRow(long AskedMs) : Row;
}
