using Hutch.Zone.Accounts;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;

namespace Hutch.Zone.Replication.Sites;

/// <summary>
/// The accounts and datasets that a zone takes over from a joining server, once, and only for accounts named in the invite. See
/// docs/design/federation.md (joining with data).
/// </summary>
public sealed class JoinImport
{
    /// <summary>The time for reporting datasets; each later one waits for a token of its owner.</summary>
    private static readonly TimeSpan ImportLimit = TimeSpan.FromDays(30);

    private const int MaxNamed = 10;

    private static readonly HutchError Trial = ErrorCode.Conflict.With("Nothing was changed: it was a trial.");
    private static readonly HutchError NothingNew = ErrorCode.Conflict.With("Nothing was changed: nothing was new.");

    private static readonly ErrorCode NotPermitted = ErrorCode.Forbidden with
    {
        Advice = "Send the map of accounts to an administrator of the zone, who invites with it: `hutch site invite NAME --accounts MAP`.",
    };

    private readonly ZoneDatabase _zone;
    private readonly SiteRegistry _sites;

    internal JoinImport(ZoneDatabase zone, SiteRegistry sites) => (_zone, _sites) = (zone, sites);

    /// <summary>Admits a site with its accounts. Repeating it with the same key gives the same answer.</summary>
    public async ValueTask<Result<AdmittedSite>> JoinAsync(
        string credential, BlobHash key, IReadOnlyList<ImportedAccount> accounts, IReadOnlyList<ImportedDataset> datasets, bool isTrial,
        CancellationToken ct)
    {
        if (accounts.Count > AccountMap.MaxAccounts)
        {
            return ErrorCode.BadRequest.With($"A server joins with at most {AccountMap.MaxAccounts} accounts.");
        }

        AdmittedSite? tried = null;
        Result<AdmittedSite> joined = await _sites.AdmitAsync(
            credential, key, formerId: null,
            (change, invite, site) =>
            {
                Result<AdmittedSite> admitted = Admit(change, invite, site, accounts, isTrial ? datasets : []);
                tried = admitted.IsOk ? admitted.Value : null;
                return isTrial && admitted.IsOk ? Trial : admitted;
            },
            ct);
        return isTrial && tried is not null ? tried : joined;
    }

    /// <returns>The names, and the number of the feed from which sites know them.</returns>
    public async ValueTask<Result<(IReadOnlyList<ImportedName> Names, long Sequence)>> ImportAsync(
        SiteRecord site, IReadOnlyList<ImportedDataset> datasets, bool isLast, CancellationToken ct)
    {
        (IReadOnlyList<ImportedName>, long)? outcome = null;
        Result<Done> changed = await _zone.ChangeAsync<Done>(
            AuditActor.Server,
            change =>
            {
                IReadOnlySet<PrincipalId> named = change.SiteInvites.OwnersToImport(site.Id);
                IReadOnlySet<PrincipalId> owners =
                    site.JoinedAt > _zone.Time.GetUtcNow() - ImportLimit ? named : new HashSet<PrincipalId>();
                int before = change.Lines;
                ImportedName[] names = [.. datasets.Select(dataset => Import(change, site.Id, owners, dataset))];
                bool isNew = change.Lines > before;
                if (isLast && named.Count > 0)
                {
                    change.SiteInvites.EndImport(site.Id);
                    isNew = true;
                }

                if (isNew)
                {
                    change.AddAudit("site.bring", "site:" + site.Name, $"{names.Count(static name => name.Problem is null)} datasets");
                }

                outcome = (names, change.Feed.Newest().Sequence);

                // A site that asks the same again and again writes nothing.
                return isNew ? Done.Value : NothingNew;
            },
            ct);
        return outcome is { } answer && (changed.IsOk || changed.Error == NothingNew) ? answer : changed.Error!;
    }

    private static Result<AdmittedSite> Admit(
        ZoneChange change, SiteInviteRecord invite, SiteRecord site, IReadOnlyList<ImportedAccount> accounts,
        IReadOnlyList<ImportedDataset> datasets)
    {
        string[] refused =
            [.. accounts.Select(static account => (account.IsNew ? "+" : "") + account.Name).Except(invite.Accounts)];
        if (refused.Length > 0)
        {
            return NotPermitted.With(
                $"The join token of {site.Name} does not let it bring datasets for "
                + $"{string.Join(", ", refused.Take(MaxNamed).Select(Display.Quote))}.");
        }

        IReadOnlySet<PrincipalId> before = change.SiteInvites.OwnersToImport(site.Id);
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ImportedAccount account in accounts)
        {
            if (!ImportAccount(change, account, before).TryGet(out PrincipalId id, out HutchError? refusal))
            {
                return refusal;
            }

            change.SiteInvites.AllowImport(site.Id, id);
            ids.Add(account.Name, id.ToString());
        }

        IReadOnlySet<PrincipalId> owners = change.SiteInvites.OwnersToImport(site.Id);
        foreach (ImportedAccount group in accounts.Where(static account => account.IsGroup && account.IsNew))
        {
            PrincipalId id = AddMembers(change, group, owners);
            if (change.Memberships.CountEnabledManagers(id) == 0)
            {
                return ErrorCode.Unprocessable.With(
                    $"The group {group.Name}, which would be made, would have no manager: map one of its managers, too.");
            }
        }

        return new AdmittedSite(site.Id, site.Name, ids, [.. datasets.Select(dataset => Import(change, site.Id, owners, dataset))]);
    }

    /// <summary>Returns the account, creating a new one. One that this site created in an earlier request exists already.</summary>
    private static Result<PrincipalId> ImportAccount(ZoneChange change, ImportedAccount account, IReadOnlySet<PrincipalId> before)
    {
        string kind = account.IsGroup ? "group" : "user";
        if (change.Principals.Find(account.Name) is { } found)
        {
            return found.Kind != (account.IsGroup ? PrincipalKind.Group : PrincipalKind.User)
                    ? ErrorCode.Unprocessable.With($"{Display.Quote(account.Name)} is no {kind} in the zone.")
                : account.IsNew && !before.Contains(found.Id)
                    ? ErrorCode.AlreadyExists.With($"The zone has an account {account.Name} already, which would be made.")
                : found.Id;
        }

        if (!account.IsNew)
        {
            return ErrorCode.Unprocessable.With($"The zone has no {kind} {Display.Quote(account.Name)}.");
        }

        if (!AccountText.NewName(account.Name).TryGet(out string? name, out HutchError? refusal))
        {
            return refusal;
        }

        if (!AccountText.Line(account.DisplayName, "display name").TryGet(out string? shown, out refusal))
        {
            return refusal;
        }

        if (account.IsGroup)
        {
            return Make(change.Principals.CreateGroup(Credential.NewPrincipalId(), name, shown), "group.create");
        }

        return AccountService.AddUser(change, name, shown, []).Then<PrincipalId>(static user => user.Id);

        Result<PrincipalId> Make(Result<GroupRecord> made, string action) => made.Then<PrincipalId>(group =>
        {
            change.AddAudit(action, "group:" + group.Name);
            return group.Id;
        });
    }

    /// <summary>Adds the members of a new group whom the invite names. An existing group stays as it is.</summary>
    private static PrincipalId AddMembers(ZoneChange change, ImportedAccount group, IReadOnlySet<PrincipalId> owners)
    {
        PrincipalId id = change.Principals.Find(group.Name)!.Id;
        foreach (ImportedMember member in group.Members.Take(AccountMap.MaxAccounts))
        {
            if (change.Principals.Find(member.Name) is { Kind: PrincipalKind.User } user && owners.Contains(user.Id))
            {
                change.Memberships.Put(id, user.Id, member.IsManager);
            }
        }

        return id;
    }

    private static Result<Rights> ReadRight(string text) =>
        text == Rights.None.ToName() ? Rights.None : RightsExtensions.ParseRight(text);

    private static ImportedName Import(ZoneChange change, string siteId, IReadOnlySet<PrincipalId> owners, ImportedDataset imported)
    {
        DatasetId dataset = imported.Dataset;
        if (change.Names.Find(dataset) is { } known && known.Home.SiteId == siteId)
        {
            return new ImportedName(dataset, known.Slug, null);
        }

        if (change.Homes.Find(dataset) is not null)
        {
            return Refused($"The dataset id {dataset} is in use in the zone, or was.");
        }

        if (change.Principals.Find(imported.Owner) is not { } owner || !owners.Contains(owner.Id))
        {
            return Refused($"This site may not bring datasets for {Display.Quote(imported.Owner)}.");
        }

        HutchError? refusal = null;
        if (!Slug.Parse(imported.Slug).TryGet(out Slug slug, out refusal)
            || !ReadRight(imported.Right).TryGet(out Rights right, out refusal))
        {
            return Refused(refusal.Message);
        }

        if (right is not (Rights.None or Rights.View or Rights.Read or Rights.Derive))
        {
            return Refused("The right to change a dataset cannot be given to everyone.");
        }

        Result<NameRecord> named = change.Names.Reserve(
            dataset, owner, change.Names.FindFree(owner.Name, slug.Value), new Visibility(right, imported.From), siteId);
        if (!named.IsOk)
        {
            return Refused(named.Error.Message);
        }

        foreach (ImportedGrant grant in imported.Grants.Take(AccountMap.MaxAccounts))
        {
            if (change.Principals.Find(grant.To) is { } to && owners.Contains(to.Id) && to.Id != owner.Id
                && RightsExtensions.ParseRight(grant.Right).TryGet(out Rights given, out _) && given != Rights.None)
            {
                change.Grants.Put(dataset, to.Id, given, grant.From, owner.Id);
            }
        }

        change.AddAudit("name.bring", "dataset:" + dataset, named.Value.FullName);
        return new ImportedName(dataset, named.Value.Slug, null);

        ImportedName Refused(string why) => new(dataset, null, why);
    }
}
