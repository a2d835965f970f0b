using Hutch.Catalog.Sqlite;
using Hutch.Model.Sites;

namespace Hutch.Catalog.Zone;

/// <summary>The consents of people to logins at sites. They never leave the zone.</summary>
public sealed class SiteConsentTable : ZoneTable
{
    private const string Select =
        """
        SELECT user_id AS UserId, site_id AS SiteId, scope AS Scope, portal AS Portal, portal_certificate AS PortalCertificate,
               key_hash AS KeyHash, given_ms AS GivenMs
        FROM site_consents
        """;

    internal SiteConsentTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    public SiteConsentRecord? Find(PrincipalId user, string siteId) => _connection.QuerySingleOrDefault<Row>(
        Select + " WHERE user_id = @user AND site_id = @siteId", new { user = user.ToString(), siteId })?.ToRecord();

    /// <summary>Lists the consents of a user, the oldest first.</summary>
    public IReadOnlyList<SiteConsentRecord> ListOf(PrincipalId user) =>
        [.. _connection.Query<Row>(Select + " WHERE user_id = @user ORDER BY given_ms, site_id", new { user = user.ToString() })
            .Select(static row => row.ToRecord())];

    /// <summary>Notes a consent for the site as it is; it replaces an earlier one.</summary>
    public void Put(PrincipalId user, SiteRecord site, SitePortal portal, TokenScope scope)
    {
        _connection.Execute(
            """
            INSERT INTO site_consents(user_id, site_id, scope, portal, portal_certificate, key_hash, given_ms)
            VALUES (@user, @site, @scope, @origin, @certificate, @key, @now)
            ON CONFLICT (user_id, site_id) DO UPDATE SET scope = excluded.scope, portal = excluded.portal,
                portal_certificate = excluded.portal_certificate, key_hash = excluded.key_hash, given_ms = excluded.given_ms
            """,
            new
            {
                user = user.ToString(),
                site = site.Id,
                scope = scope.ToString(),
                origin = portal.Origin,
                certificate = portal.Certificate,
                key = site.Key.ToBytes(),
                now = SqlTime.Now(_time),
            });
    }

    /// <summary>Ends a consent; returns false when there is none.</summary>
    public bool End(PrincipalId user, string siteId) => _connection.Execute(
        "DELETE FROM site_consents WHERE user_id = @user AND site_id = @siteId", new { user = user.ToString(), siteId }) > 0;

    /// <summary>Ends all consents to logins at a site; returns their number.</summary>
    public int EndAllAt(string siteId) => _connection.Execute("DELETE FROM site_consents WHERE site_id = @siteId", new { siteId });

    [method: ExplicitConstructor]
    private sealed record Row(
        string UserId, string SiteId, string Scope, string Portal, string? PortalCertificate, byte[] KeyHash,
        long GivenMs)
    {
        public SiteConsentRecord ToRecord() => new(
            ZoneText.PrincipalId(UserId), SiteId, ZoneText.Scope(Scope), new SitePortal(Portal, PortalCertificate), new BlobHash(KeyHash),
            ZoneText.Time(GivenMs));
    }
}
