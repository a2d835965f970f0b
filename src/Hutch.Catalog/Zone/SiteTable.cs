using System.Collections.Immutable;
using Hutch.Catalog.Sqlite;
using Hutch.Model.Sites;

namespace Hutch.Catalog.Zone;

public sealed class SiteTable : ZoneTable
{
    private const string Select =
        """
        SELECT id AS Id, name AS Name, key_hash AS KeyHash, labels AS Labels, joined_ms AS JoinedMs, removed_ms AS RemovedMs,
               heard_ms AS HeardMs, confirmed AS Confirmed, address AS Address, free_bytes AS FreeBytes, intake AS Intake,
               accepts AS Accepts, portal AS Portal, portal_certificate AS PortalCertificate, region AS Region,
               run_by AS RunBy, trusted_ms AS TrustedMs
        FROM sites
        """;

    internal SiteTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Lists the current sites, in the order of their names.</summary>
    public IReadOnlyList<SiteRecord> List() =>
        [.. _connection.Query<Row>(Select + " WHERE removed_ms IS NULL ORDER BY name").Select(row => row.ToRecord())];

    /// <summary>Lists all sites that ever joined, in the order of their names.</summary>
    public IReadOnlyList<SiteRecord> ListAll() =>
        [.. _connection.Query<Row>(Select + " ORDER BY name, id").Select(static row => row.ToRecord())];

    /// <summary>Returns the site with this id, or null; includes removed ones.</summary>
    public SiteRecord? Find(string id) => _connection.QuerySingleOrDefault<Row>(Select + " WHERE id = @id", new { id })?.ToRecord();

    public SiteRecord? FindByName(string name) =>
        _connection.QuerySingleOrDefault<Row>(Select + " WHERE name = @name AND removed_ms IS NULL", new { name })?.ToRecord();

    public SiteRecord? FindByKey(BlobHash key) =>
        _connection.QuerySingleOrDefault<Row>(Select + " WHERE key_hash = @key AND removed_ms IS NULL", new { key = key.ToBytes() })
            ?.ToRecord();

    /// <summary>Adds a site; the caller has checked that name and key are free.</summary>
    /// <param name="mustReport">True for a site that knows more of this zone than a restore has brought back.</param>
    public SiteRecord Add(
        string id, string name, BlobHash key, ImmutableSortedDictionary<string, string> labels, string? region = null,
        bool mustReport = false)
    {
        _connection.Execute(
            """
            INSERT INTO sites(id, name, key_hash, labels, joined_ms, told, region)
            VALUES (@id, @name, @key, @labels, @now, (SELECT id FROM feed_incarnation WHERE NOT @mustReport), @region)
            """,
            new { id, name, key = key.ToBytes(), labels = SiteLabels.Format(labels), now = SqlTime.Now(_time), region, mustReport });
        return Find(id)!;
    }

    /// <summary>Returns true if a site has this region, or had it.</summary>
    public bool HasRegion(string region)
    {
        // Without Dapper, which costs tens of milliseconds of compilation the first time: this runs at every start.
        using DbCommand ask = _connection.CreateCommand();
        ask.CommandText = "SELECT count(*) FROM sites WHERE region = @region";
        DbParameter parameter = ask.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@region", region);
        ask.Parameters.Add(parameter);
        return (long)ask.ExecuteScalar()! != 0;
    }

    /// <summary>Gives a site another key; the previous one is refused from then on.</summary>
    public void SetKey(string id, BlobHash key) =>
        _connection.Execute("UPDATE sites SET key_hash = @key WHERE id = @id", new { id, key = key.ToBytes() });

    public void SetLabels(string id, ImmutableSortedDictionary<string, string> labels) =>
        _connection.Execute("UPDATE sites SET labels = @labels WHERE id = @id", new { id, labels = SiteLabels.Format(labels) });

    /// <summary>Notes the address of a site for other sites; null if they cannot reach it.</summary>
    public void SetAddress(string id, string? address) =>
        _connection.Execute("UPDATE sites SET address = @address WHERE id = @id", new { id, address });

    /// <summary>Returns the site with this portal; null for none. Known at the zone only.</summary>
    public SiteRecord? FindByPortal(string origin) =>
        _connection.QuerySingleOrDefault<Row>(Select + " WHERE portal = @origin AND removed_ms IS NULL", new { origin })?.ToRecord();

    /// <summary>Notes the portal that an administrator has approved for a site; null for none.</summary>
    public void SetPortal(string id, SitePortal? portal) => _connection.Execute(
        "UPDATE sites SET portal = @origin, portal_certificate = @certificate WHERE id = @id",
        new { id, origin = portal?.Origin, certificate = portal?.Certificate });

    /// <summary>Notes who runs a site, for people who are asked for a login there; null for unknown.</summary>
    public void SetRunBy(string id, string? runBy) =>
        _connection.Execute("UPDATE sites SET run_by = @runBy WHERE id = @id", new { id, runBy });

    /// <summary>Marks a site as trusted now, or removes the mark.</summary>
    public void SetTrusted(string id, bool isTrusted) => _connection.Execute(
        "UPDATE sites SET trusted_ms = @at WHERE id = @id", new { id, at = isTrusted ? SqlTime.Now(_time) : (long?)null });

    public void Remove(string id) =>
        _connection.Execute("UPDATE sites SET removed_ms = @now WHERE id = @id", new { id, now = SqlTime.Now(_time) });

    public ImmutableSortedDictionary<string, string> OwnLabels() =>
        SiteLabels.Read(_connection.QuerySingle<string>("SELECT labels FROM zone_identity"));

    /// <summary>Sets exactly these labels of the zone server's own site.</summary>
    public void SetOwnLabels(ImmutableSortedDictionary<string, string> labels) =>
        _connection.Execute("UPDATE zone_identity SET labels = @labels", new { labels = SiteLabels.Format(labels) });

    public void SetTerms(string id, SiteTerms terms) => _connection.Execute(
        "UPDATE sites SET intake = @intake, accepts = @accepts WHERE id = @id",
        new { id, intake = terms.Intake.ToName(), accepts = terms.Accepts });

    public SiteTerms OwnTerms() =>
        _connection.QuerySingle<TermsRow>("SELECT intake AS Intake, accepts AS Accepts FROM zone_identity").ToTerms();

    public void SetOwnTerms(SiteTerms terms) => _connection.Execute(
        "UPDATE zone_identity SET intake = @intake, accepts = @accepts", new { intake = terms.Intake.ToName(), accepts = terms.Accepts });

    /// <summary>Notes a report of a site now: the number of the feed up to which it has everything durably, and its free space.</summary>
    public void RecordContact(string id, long? confirmed, long? freeBytes) => _connection.Execute(
        "UPDATE sites SET heard_ms = @now, confirmed = @confirmed, free_bytes = @freeBytes WHERE id = @id",
        new { id, now = SqlTime.Now(_time), confirmed, freeBytes });

    [method: ExplicitConstructor]
    private record TermsRow(string? Intake = null, string? Accepts = null)
    {
        public SiteTerms ToTerms() => new(SiteIntakeNames.Read(Intake), Accepts);
    }

    [method: ExplicitConstructor]
    private sealed record Row(
        string Id, string Name, byte[] KeyHash, string Labels, long JoinedMs, long? RemovedMs, long? HeardMs,
        long? Confirmed, string? Address, long? FreeBytes, string? Portal, string? PortalCertificate, string? Region,
        string? RunBy, long? TrustedMs) : TermsRow
    {
        public SiteRecord ToRecord() => new(
            Id, Name, new BlobHash(KeyHash), SiteLabels.Read(Labels), ZoneText.Time(JoinedMs), SqlTime.FromMilliseconds(RemovedMs),
            SqlTime.FromMilliseconds(HeardMs), Confirmed, Address, FreeBytes)
        {
            Terms = ToTerms(),
            Region = Region,
            RunBy = RunBy,
            TrustedAt = SqlTime.FromMilliseconds(TrustedMs),
            Portal = Portal is null ? null : new SitePortal(Portal, PortalCertificate),
        };
    }
}
