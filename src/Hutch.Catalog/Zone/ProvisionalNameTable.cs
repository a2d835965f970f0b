using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>
/// Provisional names that a site gave while its zone was unreachable, and those of them that remained as aliases. They are not in the feed.
/// When the view changes they are set aside, and restored as long as the zone does not know their datasets.
/// </summary>
public sealed class ProvisionalNameTable : ZoneTable
{
    /// <summary>Joins the requested name to a query of names, as v, and its owner, as vo.</summary>
    internal const string Join =
        "LEFT JOIN given_names v ON v.dataset_id = n.dataset_id LEFT JOIN principals vo ON vo.id = v.owner_id";

    internal const string Columns = "vo.name AS AliasOwner, v.slug AS AliasSlug";

    private const string Select =
        """
        SELECT v.dataset_id AS DatasetId, v.token_id AS TokenId, v.maker_id AS MakerId, p.name AS Owner, v.slug AS Slug,
               CASE WHEN v.owner_id = v.maker_id THEN 1 ELSE 0 END AS IsMakers,
               CASE WHEN v.registered_as IS NULL THEN 0 ELSE 1 END AS IsRegistered, v.brought AS Brought,
               v.given_ms AS GivenMs
        FROM given_names v JOIN principals p ON p.id = v.owner_id
        """;

    private const string Provisional = "(SELECT dataset_id FROM given_names WHERE registered_as IS NULL)";

    internal ProvisionalNameTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    public ProvisionalName? Find(DatasetId dataset) => List(" WHERE v.dataset_id = @id", new { id = dataset.ToString() }).SingleOrDefault();

    /// <summary>Returns the dataset to which this site gave a name; null for none.</summary>
    public ProvisionalName? Find(string owner, string slug) =>
        List(" WHERE p.name = @owner AND v.slug = @slug", new { owner, slug }).SingleOrDefault();

    /// <summary>Lists all of them, the oldest first.</summary>
    public IReadOnlyList<ProvisionalName> All() => List(" ORDER BY v.given_ms, v.dataset_id");

    /// <summary>Names a dataset that the zone does not know.</summary>
    /// <param name="holder">The owner until the zone has decided.</param>
    public void Give(ProvisionalName provisional, PrincipalRecord owner, PrincipalRecord holder, string siteId)
    {
        _connection.Execute(
            """
            INSERT INTO given_names(dataset_id, token_id, maker_id, holder_id, owner_id, slug, given_ms)
            VALUES (@id, @Token, @maker, @holder, @owner, @Slug, @now)
            """,
            new
            {
                id = provisional.Dataset.ToString(),
                provisional.Token,
                maker = provisional.Maker.ToString(),
                holder = holder.Id.ToString(),
                owner = owner.Id.ToString(),
                provisional.Slug,
                now = SqlTime.Now(_time),
            });
        PutName(provisional.Dataset.ToString(), holder.Id.ToString(), provisional.Slug, siteId);
    }

    /// <summary>
    /// Notes a dataset of this server that the joined zone does not know. It gets its name when the feed has brought its owner.
    /// </summary>
    public void Import(ImportedDataset dataset, PrincipalId owner)
    {
        _connection.Execute(
            """
            INSERT INTO given_names(dataset_id, token_id, maker_id, holder_id, owner_id, slug, given_ms, brought)
            VALUES (@id, '', @owner, @owner, @owner, @Slug, @now, @brought)
            """,
            new
            {
                id = dataset.Dataset.ToString(),
                owner = owner.ToString(),
                dataset.Slug,
                now = SqlTime.Now(_time),
                brought = JsonSerializer.Serialize(dataset, ZoneJson.Default.ImportedDataset),
            });
    }

    /// <summary>Returns true if the zone lacks datasets from before the join, even if the feed has not brought their owners.</summary>
    public bool HasUnregistered() => _connection.ExecuteScalar<long>(
        "SELECT count(*) FROM given_names WHERE brought IS NOT NULL AND registered_as IS NULL") > 0;

    /// <summary>Removes a name whose dataset was never made here or has ended; false if the zone knows it, or without that name.</summary>
    public bool Delete(DatasetId dataset)
    {
        var id = new { id = dataset.ToString() };
        bool was = _connection.Execute($"DELETE FROM names WHERE dataset_id = @id AND dataset_id IN {Provisional}", id) > 0;
        _connection.Execute($"DELETE FROM homes WHERE dataset_id = @id AND dataset_id IN {Provisional}", id);
        return _connection.Execute("DELETE FROM given_names WHERE dataset_id = @id AND registered_as IS NULL", id) > 0 || was;
    }

    /// <summary>Removes the name that this site gave a dataset known to the zone; returns false without one.</summary>
    public bool End(DatasetId dataset) => _connection.Execute(
        "DELETE FROM given_names WHERE dataset_id = @id AND registered_as IS NOT NULL", new { id = dataset.ToString() }) > 0;

    /// <summary>Removes the rows that are not the zone's, before the view changes.</summary>
    internal IReadOnlyDictionary<string, string> StepAside()
    {
        var aside = _connection.Query<(string Dataset, string Slug)>(
                $"SELECT dataset_id, slug FROM names WHERE dataset_id IN {Provisional}")
            .ToDictionary(static one => one.Dataset, static one => one.Slug);
        if (aside.Count > 0)
        {
            _connection.Execute($"DELETE FROM names WHERE dataset_id IN {Provisional}");
            _connection.Execute($"DELETE FROM homes WHERE epoch = 0 AND dataset_id IN {Provisional}");
        }

        return aside;
    }

    /// <summary>Restores the names that the zone still does not know; datasets known to the zone have its name from now on.</summary>
    internal IReadOnlyList<string> ComeBack(IReadOnlyDictionary<string, string> aside, string siteId)
    {
        List<string> changed = [];
        foreach (Row row in _connection.Query<Row>(
            """
            SELECT dataset_id AS DatasetId, holder_id AS HolderId, slug AS Slug FROM given_names
            WHERE registered_as IS NULL ORDER BY given_ms, dataset_id
            """).ToList())
        {
            var id = new { id = row.DatasetId };
            if (_connection.ExecuteScalar<long>("SELECT count(*) FROM homes WHERE dataset_id = @id", id) > 0)
            {
                _connection.Execute(
                    """
                    UPDATE given_names
                    SET registered_as = coalesce((SELECT owner_id || '/' || slug FROM names WHERE dataset_id = @id), '')
                    WHERE dataset_id = @id
                    """,
                    id);
                changed.Add(row.DatasetId);
            }
            else if (_connection.ExecuteScalar<long>("SELECT count(*) FROM principals WHERE id = @HolderId", new { row.HolderId }) > 0)
            {
                string slug = PutName(row.DatasetId, row.HolderId, row.Slug, siteId);
                if (aside.GetValueOrDefault(row.DatasetId) != slug)
                {
                    changed.Add(row.DatasetId);
                }
            }
        }

        // A rename, a transfer or the end of a dataset overrides the name given here.
        _connection.Execute(
            """
            DELETE FROM given_names WHERE registered_as IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM names n
                WHERE n.dataset_id = given_names.dataset_id AND n.owner_id || '/' || n.slug = given_names.registered_as)
            """);
        return changed;
    }

    /// <summary>Adds the rows of a name that the zone has not given, with a number if it is taken.</summary>
    private string PutName(string dataset, string holder, string slug, string siteId)
    {
        string free = Enumerable.Range(1, int.MaxValue).Select(number => Model.Slug.Numbered(slug, number)).First(text =>
            _connection.ExecuteScalar<long>(
                "SELECT count(*) FROM names WHERE owner_id = @holder AND slug = @text", new { holder, text }) == 0);
        _connection.Execute(
            """
            INSERT INTO names(dataset_id, owner_id, slug, public_right, public_from_ms, created_ms)
            SELECT dataset_id, holder_id, @free, @right, NULL, given_ms FROM given_names WHERE dataset_id = @dataset
            """,
            new { dataset, free, right = Visibility.Private.Right.ToName() });
        _connection.Execute(
            "INSERT INTO homes(dataset_id, site_id, epoch) VALUES (@dataset, @siteId, 0)", new { dataset, siteId });
        return free;
    }

    private IReadOnlyList<ProvisionalName> List(string which, object? parameters = null) =>
        [.. _connection.Query<Row>(Select + which, parameters).Select(static row => row.ToRecord())];

    [method: ExplicitConstructor]
    private sealed record Row(
        string DatasetId, string TokenId, string MakerId, string HolderId, string Owner, string Slug, long IsMakers,
        long IsRegistered, string? Brought, long GivenMs)
    {
        public ProvisionalName ToRecord() =>
            new(ZoneText.DatasetId(DatasetId), TokenId, ZoneText.PrincipalId(MakerId), Owner, IsMakers != 0, Slug)
            {
                IsRegistered = IsRegistered != 0,
                GivenAt = ZoneText.Time(GivenMs),
                Imported = Brought is null ? null : JsonSerializer.Deserialize(Brought, ZoneJson.Default.ImportedDataset),
            };
    }
}
