using System.Buffers.Binary;
using Hutch.Zone.Authorization;
using Hutch.Zone.Grants;

namespace Hutch.Zone.Replication.Homes;

/// <summary>
/// Homes that an administrator has declared lost. Another site begins the next epoch without a release of the previous one. Data that only
/// the lost home had accepted gets its own name when it returns. See docs/design/federation.md (lost home).
/// </summary>
public sealed class LostHomes
{
    private const string Target = "dataset:";

    private readonly ZoneDatabase _zone;
    private readonly DatasetNotices _notices;

    internal LostHomes(ZoneDatabase zone, DatasetNotices notices) => (_zone, _notices) = (zone, notices);

    /// <summary>Declares the home of a dataset lost and makes a site with a complete copy the new home.</summary>
    /// <param name="isConnected">Returns true for the id of a connected site, whose homes move instead.</param>
    public async ValueTask<Result<Done>> DeclareAsync(
        Caller caller, DatasetId dataset, string siteName, string ownName, Func<string, bool> isConnected, IHomeSigner seal,
        CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.HomeLose);
        return !allowed.IsOk ? allowed
            : _zone.Joined is { } zone
                ? (ErrorCode.Unprocessable with { Advice = "Ask there." }).With(
                    $"This server is a site, and only its zone, {zone.Address}, can declare that a home is lost.")
            : await _zone.ChangeAsync(caller.Actor, change => Declare(change, dataset, siteName, ownName, isConnected, seal), ct);
    }

    /// <summary>
    /// Names the data of a dataset that a site has and the home of a later epoch does not know. Repeating it gives the same answer; the
    /// owner is notified once.
    /// </summary>
    /// <param name="site">The site, already authenticated by its key.</param>
    public ValueTask<Result<ReturnedName>> NameAsync(SiteAheadOfHome site, DatasetId dataset, long epoch, CancellationToken ct)
    {
        return _zone.ChangeAsync(AuditActor.Server, change => Name(change, site, dataset, epoch), ct);
    }

    internal Result<Done> Declare(
        ZoneChange change, DatasetId dataset, string siteName, string ownName, Func<string, bool> isConnected, IHomeSigner seal)
    {
        SiteRecord? site = siteName == ownName ? null : change.Sites.FindByName(siteName);
        if (change.Names.Find(dataset) is not { } name || (site is null && siteName != ownName))
        {
            return SiteName.Unknown(siteName);
        }

        (HomeRecord home, string target) = (name.Home, site?.Id ?? change.ZoneId);
        if ((HomeRegistry.CheckRestored(change) ?? CheckLost(change, name, ownName, isConnected)) is { } present)
        {
            return present;
        }

        if (target == home.SiteId)
        {
            return ErrorCode.Conflict.With($"{siteName} is the home of {name.FullName}. Name the site that is to continue it.");
        }

        if ((HomeRegistry.CheckTarget(change, name, target, siteName, site)
            ?? CheckNewest(change, name, target, siteName, ownName)) is { } refusal)
        {
            return refusal;
        }

        if (change.Copies.Find(dataset, target)?.Told?.History is not { } known)
        {
            return ErrorCode.Unavailable.With($"{siteName} has not said lately what it has of {name.FullName}. Try again in a minute.");
        }

        var grant = new HomeAssignment(dataset, target, home.Epoch + 1, known, home.SiteId) { IsLost = true };
        HomeRegistry.Move(change, grant, seal.Sign(grant), null);
        string lost = SiteOf(change, home.SiteId, ownName);
        change.AddAudit(Operation.HomeLose.Name, Target + dataset, $"{lost} for {siteName}");
        _notices.NotifyOwner(change, name, DatasetNotice.HomeLost(grant.Epoch, lost, siteName));
        return Done.Value;
    }

    private static HutchError? CheckLost(ZoneChange change, NameRecord name, string ownName, Func<string, bool> isConnected)
    {
        string home = SiteOf(change, name.Home.SiteId, ownName);
        return name.Home.SiteId == change.ZoneId || isConnected(name.Home.SiteId)
            ? (ErrorCode.Conflict with
            {
                Advice = $"Without --lost, {home} gives it up itself, and nothing is left behind. If it cannot, as it was restored from an "
                    + "older backup, stop its server first.",
            }).With($"{home}, the home of {name.FullName}, is connected, so it is not lost.")
            : null;
    }

    /// <summary>Refuses a new home while another site has a later snapshot, which would leave less data behind.</summary>
    private static HutchError? CheckNewest(ZoneChange change, NameRecord name, string target, string siteName, string ownName)
    {
        long? has = change.Copies.Find(name.Dataset, target)?.Told?.Snapshot;
        return change.Copies.OfDataset(name.Dataset)
            .Where(copy => copy.SiteId != target && copy is { CompleteAt: not null, ReleasedAt: null } && copy.Told?.Snapshot > (has ?? 0))
            .MaxBy(static copy => copy.Told?.Snapshot) is { } better && has is not null
                ? (ErrorCode.Conflict with { Advice = $"Have {SiteOf(change, better.SiteId, ownName)} continue it." }).With(
                    string.Create(CultureInfo.InvariantCulture, $"{siteName} has {name.FullName} up to @{has}, and ")
                    + string.Create(
                        CultureInfo.InvariantCulture, $"{SiteOf(change, better.SiteId, ownName)} up to @{better.Told!.Snapshot}."))
                : null;
    }

    private Result<ReturnedName> Name(ZoneChange change, SiteAheadOfHome site, DatasetId dataset, long epoch)
    {
        if (change.Purges.Has(dataset) || change.Names.Find(dataset) is not { Home.IsOver: false } name)
        {
            return ErrorCode.Gone.With($"Dataset {dataset} was deleted, and nothing of it comes back automatically.");
        }

        if (epoch < 1 || epoch >= name.Home.Epoch || name.Home.SiteId == site.Id || change.Copies.Find(dataset, site.Id) is null)
        {
            return ErrorCode.Conflict.With($"Nothing of {name.FullName} that {site.Name} had in epoch {epoch} was lost.");
        }

        DatasetId back = IdOf(dataset, site.Id, epoch);
        if (change.Purges.Has(back))
        {
            return ErrorCode.Gone.With($"What {site.Name} had of {name.FullName} was purged.");
        }

        if (change.Names.Find(back) is { } known)
        {
            change.AddAudit("home.return", Target + dataset, $"{site.Name} again, {known.FullName}");
            return new ReturnedName(back, known.Owner.Name, known.Slug, site.Name);
        }

        string slug = Free(change, name, site);
        string? homeId = site.Id == change.ZoneId ? null : site.Id;
        if (!change.Names.Reserve(back, name.Owner, slug, Visibility.Private, homeId).TryGet(out NameRecord? made, out HutchError? refusal))
        {
            return refusal;
        }

        Protect(change, name, made);
        change.AddAudit("home.return", Target + dataset, $"{site.Name}, {made.FullName}, {back}");
        _notices.NotifyOwner(change, made, DatasetNotice.HomeReturned(name, site.Name));
        return new ReturnedName(back, made.Owner.Name, made.Slug, site.Name);
    }

    /// <summary>Copies the grants and the rules for serving of the original dataset.</summary>
    private static void Protect(ZoneChange change, NameRecord of, NameRecord made)
    {
        foreach (GrantRecord grant in change.Grants.On(of.Dataset))
        {
            PrincipalId giver = (change.Principals.Find(grant.GrantedBy) ?? of.Owner).Id;
            change.Grants.Put(made.Dataset, grant.Principal.Id, grant.Right, grant.From, giver);
        }

        foreach (RuleRecord rule in change.Rules.OfDataset(of.Dataset).Where(static rule => rule.Rule.Kind == PlacementRuleKind.Serve))
        {
            change.Rules.Add(RuleScope.From(made.Dataset), rule.Rule, rule.Until, rule.CreatedBy);
        }
    }

    private static string Free(ZoneChange change, NameRecord name, SiteAheadOfHome site)
    {
        string suffix = "-lost-" + site.Name;
        string first = name.Slug[..Math.Min(name.Slug.Length, Slug.MaxLength - suffix.Length)].TrimEnd('-') + suffix;
        return change.Names.FindFree(name.Owner.Name, first);
    }

    /// <summary>Derives an id that depends only on its inputs, so that a repeated request or return gets the same name.</summary>
    private static DatasetId IdOf(DatasetId dataset, string siteId, long epoch)
    {
        byte[] hash = SHA256.HashData(
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"hutch-lost-1\n{dataset}\n{siteId}\n{epoch}")));
        Span<byte> id = hash.AsSpan(0, 16);
        BinaryPrimitives.WriteUInt16BigEndian(id[6..], (ushort)((BinaryPrimitives.ReadUInt16BigEndian(id[6..]) & 0x0fff) | 0x8000));
        id[8] = (byte)((id[8] & 0x3f) | 0x80);
        return new DatasetId(new Guid(id, bigEndian: true));
    }

    private static string SiteOf(ZoneTables tables, string siteId, string ownName) => tables.Sites.Find(siteId)?.Name ?? ownName;
}

public sealed record SiteAheadOfHome(string Id, string Name);
