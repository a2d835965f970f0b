using System.Globalization;
using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Placement;

namespace Hutch.Zone.Sites;

/// <summary>
/// What a zone that was restored takes over from its sites before they follow it again: whatever was revoked after the backup is revoked
/// again, and datasets that were made at sites since have their names back. Each site tells once in a life of the zone.
/// </summary>
public sealed class RestoredZone
{
    private readonly ZoneDatabase _zone;

    internal RestoredZone(ZoneDatabase zone) => _zone = zone;

    /// <summary>Whether a site has still to tell what it knows.</summary>
    public ValueTask<bool> HasToTellAsync(string siteId, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Restore.HasToTell(siteId), ct);

    /// <summary>What this site can tell its zone.</summary>
    public ValueTask<KnownEnds> KnownAsync(CancellationToken ct) => _zone.ReadAsync(tables => tables.Restore.Known(_zone.SiteId), ct);

    /// <summary>Takes over a part of what a site knows.</summary>
    /// <param name="site">The site.</param>
    /// <param name="ends">What it knows.</param>
    /// <param name="isLast">Whether that is all.</param>
    /// <param name="seal">Knows what this zone has signed.</param>
    public ValueTask<Result<Done>> TakeAsync(SiteRecord site, KnownEnds ends, bool isLast, IHomeSeal seal, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(ends);
        return _zone.ChangeAsync<Done>(
            AuditActor.Server,
            change =>
            {
                if (!change.Restore.HasToTell(site.Id))
                {
                    return ErrorCode.Conflict.With("The zone has not been restored since this site last reported what it knows.");
                }

                Take(change, site, ends, seal);
                if (isLast)
                {
                    change.Restore.NoteTold(site.Id);
                }

                return Done.Value;
            },
            ct);
    }

    private static void Take(ZoneChange change, SiteRecord site, KnownEnds ends, IHomeSeal seal)
    {
        foreach (KnownHome known in ends.Homes.Where(
            known => IsLater(change, known.Grant) && seal.HasSigned(known.Grant, known.GrantProof)))
        {
            HomeRegistry.Move(change, known.Grant, known.GrantProof, known.ReleaseProof);
        }

        int tokens = ends.Tokens.Count(id => change.Tokens.Find(id)?.Scope.Site == site.Id && change.Tokens.Revoke(id));
        int users = ends.Users.Count(id => Disable(change, id));
        var bounds = ServingBounds.Of(change);
        int rows = ends.Rows.Count(row => MayKnow(site, bounds, row) && !IsLastAdministrator(change, row) && change.Restore.End(row));
        int names = ends.Names.Count(name => Name(change, site, name));
        int purges = ends.Purges.Count(known => Purge(change, known, seal));
        int over = ends.Ends.Count(end => !bounds.Excludes(site, end.Dataset) && Hide(change, end));
        change.Note(
            "zone.recover", "site:" + site.Name,
            string.Create(
                CultureInfo.InvariantCulture,
                $"ended again after a restore: {tokens} tokens, {users} accounts, {rows} rights, roles and memberships; ")
            + string.Create(CultureInfo.InvariantCulture, $"{names} names; {over} deleted datasets; {purges} purges"));
    }

    /// <summary>The higher epoch wins. A dataset that this zone does not know gets its name, and with it its home, from its home.</summary>
    private static bool IsLater(ZoneChange change, HomeGrant grant) =>
        change.Homes.Find(grant.Dataset) is { } home && home.Epoch < grant.Epoch;

    /// <summary>
    /// Whether the site may have seen the row: a role at another site is none of its business, nor a dataset that is kept away from it.
    /// </summary>
    private static bool MayKnow(SiteRecord site, ServingBounds bounds, string row) =>
        row.Split(' ', 2) is [var table, var key] && FeedFilter.Admit(site, bounds, new FeedItem(table, key, null)) is not null;

    /// <summary>Disables an account again, unless nobody would be left to administer the zone.</summary>
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
    /// Gives a dataset at a site its name back, with a number when somebody has taken it; raises the epoch of one that has its name. One
    /// that the zone knows to be at home elsewhere stays there, whoever asks first.
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

    /// <summary>Orders again what the zone had ordered before. Who did, and why, is in the audit from before the restore.</summary>
    private static bool Purge(ZoneChange change, KnownPurge known, IHomeSeal seal)
    {
        bool isOurs = !change.Purges.Has(known.Order.Dataset) && seal.HasSigned(known.Order, known.Proof);
        if (isOurs)
        {
            change.Purges.Add(known.Order, known.Proof, "", "ordered before the zone was restored");
        }

        return isOurs;
    }

    /// <summary>
    /// Hides what its home had deleted until that says itself how it is, so that it comes back nowhere meanwhile. Nobody but the home says
    /// that it has ended, nor that it was restored.
    /// </summary>
    private static bool Hide(ZoneChange change, KnownEnd end)
    {
        bool isHidden = change.Homes.Find(end.Dataset) is { IsOver: false } home && home.SiteId == end.SiteId && home.Epoch == end.Epoch
            && (home.SiteId == change.ZoneId || change.Restore.HasToTell(home.SiteId));
        if (isHidden)
        {
            change.Homes.SetEnd(end.Dataset, end.Over, null);
        }

        return isHidden;
    }
}
