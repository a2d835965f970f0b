using Hutch.Zone.Replication.Homes;
using Hutch.Zone.Replication.Placement;

namespace Hutch.Zone.Replication.Sites;

/// <summary>
/// The news that a restored zone accepts from its sites before they follow it again. Everything revoked after the backup is revoked again,
/// and datasets created at sites since then get their names back. Each site reports once in an incarnation of the zone.
/// </summary>
public sealed class RestoredZone
{
    private readonly ZoneDatabase _zone;

    internal RestoredZone(ZoneDatabase zone) => _zone = zone;

    public ValueTask<bool> MustReportAsync(string siteId, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Restore.MustReport(siteId), ct);

    public ValueTask<KnownEnds> KnownAsync(CancellationToken ct) => _zone.ReadAsync(tables => tables.Restore.Known(_zone.SiteId), ct);

    /// <summary>Takes over a part of a site's report.</summary>
    /// <param name="isLast">True for the last part.</param>
    public ValueTask<Result<Done>> ReceiveAsync(SiteRecord site, KnownEnds ends, bool isLast, IHomeSigner seal, CancellationToken ct)
    {
        return _zone.ChangeAsync<Done>(
            AuditActor.Server,
            change =>
            {
                if (!change.Restore.MustReport(site.Id))
                {
                    return ErrorCode.Conflict.With("The zone has not been restored since this site last reported what it knows.");
                }

                Receive(change, site, ends, seal);
                if (isLast)
                {
                    change.Restore.RecordReported(site.Id);
                }

                return Done.Value;
            },
            ct);
    }

    private static void Receive(ZoneChange change, SiteRecord site, KnownEnds ends, IHomeSigner seal)
    {
        foreach (KnownHome known in ends.Homes.Where(
            known => IsLater(change, known.Grant) && seal.HasSigned(known.Grant, known.GrantProof)))
        {
            HomeRegistry.Move(change, known.Grant, known.GrantProof, known.ReleaseProof);
        }

        int tokens = ends.Tokens.Count(id => Revoke(change, site, id));
        int users = ends.Users.Count(id => Disable(change, id));
        var bounds = ServingBounds.From(change);
        int rows = ends.Rows.Count(row => MayKnow(site, bounds, row) && !IsLastAdministrator(change, row) && change.Restore.End(row));
        int names = ends.Names.Count(name => Name(change, site, name));
        int purges = ends.Purges.Count(known => Purge(change, known, seal));
        int over = ends.Ends.Count(end => !bounds.Excludes(site, end.Dataset) && Hide(change, end));
        change.AddAudit(
            "zone.recover", "site:" + site.Name,
            string.Create(
                CultureInfo.InvariantCulture,
                $"ended again after a restore: {tokens} tokens, {users} accounts, {rows} rights, roles and memberships; ")
            + string.Create(CultureInfo.InvariantCulture, $"{names} names; {over} deleted datasets; {purges} purges"));
    }

    /// <summary>Revokes a token of the site. One that was made of an S3 key ended with that key, which so ends at every site.</summary>
    private static bool Revoke(ZoneChange change, SiteRecord site, string id) =>
        change.Tokens.Find(id) is { } token && token.Scope.Site == site.Id
        && change.Tokens.Revoke(token is { LoginId: { } key, Scope.Opens.Count: > 0 } ? key : id);

    /// <summary>
    /// Returns true if a grant has a later epoch. Only the home restores the name of a dataset that is unknown to this zone.
    /// </summary>
    private static bool IsLater(ZoneChange change, HomeAssignment grant) =>
        change.Homes.Find(grant.Dataset) is { } home && home.Epoch < grant.Epoch;

    /// <summary>
    /// Returns true if the site may have seen the row: not a role at another site, nor a dataset from which rules exclude it.
    /// </summary>
    private static bool MayKnow(SiteRecord site, ServingBounds bounds, string row) =>
        row.Split(' ', 2) is [var table, var key] && FeedFilter.Admit(site, bounds, new FeedItem(table, key, null)) is not null;

    /// <summary>Disables an account again, unless the zone would have no administrator left.</summary>
    private static bool Disable(ZoneChange change, string id)
    {
        if (!PrincipalId.TryParse(id, out PrincipalId user) || change.Principals.FindUser(user) is not { DisabledAt: null })
        {
            return false;
        }

        change.Principals.SetDisabled(user, true);
        if (change.Roles.CountEnabled(Role.Administrator) > 0)
        {
            return true;
        }

        change.Principals.SetDisabled(user, false);
        return false;
    }

    private static bool IsLastAdministrator(ZoneChange change, string row) =>
        row.StartsWith("roles ", StringComparison.Ordinal) && row.EndsWith(" " + Role.Administrator.ToName(), StringComparison.Ordinal)
        && change.Roles.CountEnabled(Role.Administrator) <= 1;

    /// <summary>
    /// Restores the name of a dataset at a site, with a number when it is taken, or raises the epoch of a named dataset. A dataset whose
    /// home is elsewhere by the zone's records stays there, regardless of the order of reports.
    /// </summary>
    private static bool Name(ZoneChange change, SiteRecord site, KnownName known)
    {
        if (known.Epoch is < 1 or > HomeRecord.MaxEpoch
            || (change.Homes.Find(known.Dataset) is { } home && home.SiteId != site.Id))
        {
            return false;
        }

        bool isNew = change.Names.Find(known.Dataset) is null && Slug.Parse(known.Slug).IsOk
            && PrincipalId.TryParse(known.Owner, out PrincipalId id) && change.Principals.Find(id) is { } owner
            && change.Names.Reserve(known.Dataset, owner, change.Names.FindFree(owner.Name, known.Slug), Visibility.Private, site.Id).IsOk;
        change.Homes.RaiseTo(known.Dataset, site.Id, known.Epoch);
        if (change.Homes.Find(known.Dataset)?.Epoch == known.Epoch)
        {
            change.Homes.SetEnd(known.Dataset, known.TrashedUntil, known.EndedAt);
        }

        return isNew;
    }

    /// <summary>Repeats an earlier order of a purge. Its author and reason are in the audit from before the restore.</summary>
    private static bool Purge(ZoneChange change, KnownPurge known, IHomeSigner seal)
    {
        bool isOurs = !change.Purges.Has(known.Order.Dataset) && seal.HasSigned(known.Order, known.Proof);
        if (isOurs)
        {
            change.Purges.Add(known.Order, known.Proof, "", "ordered before the zone was restored");
        }

        return isOurs;
    }

    /// <summary>
    /// Hides a dataset that its home had deleted until the home itself reports, so that it reappears nowhere in between. Only the home
    /// reports that it has ended or was restored.
    /// </summary>
    private static bool Hide(ZoneChange change, KnownEnd end)
    {
        bool isHidden = change.Homes.Find(end.Dataset) is { IsOver: false } home && home.SiteId == end.SiteId && home.Epoch == end.Epoch
            && (home.SiteId == change.ZoneId || change.Restore.MustReport(home.SiteId));
        if (isHidden)
        {
            change.Homes.SetEnd(end.Dataset, end.Over, null);
        }

        return isHidden;
    }
}
