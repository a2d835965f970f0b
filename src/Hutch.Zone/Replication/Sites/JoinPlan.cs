namespace Hutch.Zone.Replication.Sites;

/// <summary>
/// The plan for the accounts and datasets of a server that joins a zone. It is made again in the transaction that executes it.
/// </summary>
public sealed record JoinPlan(
    IReadOnlyList<ImportedAccount> Accounts, IReadOnlyList<ImportedDataset> Datasets, IReadOnlyDictionary<string, long> Ends)
{
    public IReadOnlyDictionary<DatasetId, string> Names { get; private init; } = new Dictionary<DatasetId, string>();

    private const int MaxNamed = 10;
    private const int MaxMembers = 1000;
    private const int MaxGrants = AccountMap.MaxAccounts;

    /// <summary>Makes the plan, or returns the reason why the server may not join with this map.</summary>
    internal static Result<JoinPlan> Make(ZoneTables tables, AccountMap map, string ownId)
    {
        if (SiteRefusals.CheckNotSite(tables) is { } refusal)
        {
            return refusal;
        }

        // One more than can have a line, and the administrator, which needs none, so that no unread account is overlooked.
        UserRecord[] users = [.. tables.Principals.ListUsers(null, AccountMap.MaxAccounts + 2)];
        GroupRecord[] groups = [.. tables.Principals.ListGroups(null, AccountMap.MaxAccounts + 1)];
        IReadOnlyList<NameRecord> names = tables.Names.ListAll(null, int.MaxValue);
        Dictionary<string, MappedAccount> lines = map.Accounts.ToDictionary(static account => account.Local, StringComparer.Ordinal);
        HashSet<string> owners = [.. names.Select(static name => name.Owner.Name)];
        string[] all = [.. users.Select(static user => user.Name).Concat(groups.Select(static group => group.Name))];
        if (CheckMap(lines, all, owners) is { } fault)
        {
            return fault;
        }

        if (groups.FirstOrDefault(
            one => lines.GetValueOrDefault(one.Name)?.IsNew == true && tables.Visits.Find(one.Id) is not null) is { } visit)
        {
            return Reject($"The visit {visit.Name} would become a group without an end: import it at the zone first, and map it to that.");
        }

        if (FindUnmovable(tables, names, ownId) is { } unmovable)
        {
            return unmovable;
        }

        ImportedAccount[] accounts =
        [
            .. users.Where(user => ZoneOf(user.Name) is not null).Select(user => new ImportedAccount(
                ZoneOf(user.Name)!, false, lines[user.Name].IsNew, lines[user.Name].IsNew ? user.DisplayName : null, [])),
            .. groups.Where(group => ZoneOf(group.Name) is not null).Select(group => new ImportedAccount(
                ZoneOf(group.Name)!, true, lines[group.Name].IsNew, lines[group.Name].IsNew ? group.Description : null,
                lines[group.Name].IsNew ? MembersOf(group) : [])),
        ];
        if (accounts.Sum(static account => account.Members.Count) > MaxMembers)
        {
            return Reject($"The groups to be made have more than {MaxMembers} members: make them at the zone first, and map to them.");
        }

        long lost = 0;
        ImportedDataset[] datasets = [.. names.Select(Bring)];
        Dictionary<string, long> ends = new(tables.View.CountOwn(), StringComparer.Ordinal)
        {
            ["rights of accounts that are left out"] = lost,
        };
        return new JoinPlan(accounts, datasets, ends.Where(static end => end.Value > 0).ToDictionary(StringComparer.Ordinal))
        {
            Names = names.ToDictionary(static name => name.Dataset, static name => name.FullName),
        };

        string? ZoneOf(string local) => lines.GetValueOrDefault(local)?.Zone;

        ImportedMember[] MembersOf(GroupRecord group) =>
        [
            .. tables.Memberships.MembersOf(group.Id).Where(member => ZoneOf(member.UserName) is not null)
                .Select(member => new ImportedMember(ZoneOf(member.UserName)!, member.Manager)),
        ];

        ImportedDataset Bring(NameRecord name)
        {
            GrantRecord[] grants = [.. tables.Grants.On(name.Dataset)];
            ImportedGrant[] mapped =
            [
                .. grants.Where(grant => ZoneOf(grant.Principal.Name) is not null).Take(MaxGrants)
                    .Select(grant => new ImportedGrant(ZoneOf(grant.Principal.Name)!, grant.Right.ToName(), grant.From)),
            ];
            lost += grants.Length - mapped.Length;
            return new ImportedDataset(
                name.Dataset, ZoneOf(name.Owner.Name)!, name.Slug, name.Visibility.Right.ToName(), name.Visibility.From, mapped);
        }
    }

    private static HutchError? CheckMap(Dictionary<string, MappedAccount> lines, string[] all, HashSet<string> owners)
    {
        // The administrator's account may be without any datasets.
        string[] unmapped = [.. all.Where(name => !lines.ContainsKey(name) && (name != AccountName.Admin || owners.Contains(name)))];
        string[] unknown = [.. lines.Keys.Except(all)];
        string[] leftOut = [.. owners.Where(name => lines.TryGetValue(name, out MappedAccount? line) && line.Zone is null)];
        if (unmapped.Length > 0)
        {
            return Reject($"The map of accounts lacks {Named(unmapped)}.");
        }

        if (unknown.Length > 0)
        {
            return Reject($"This server has no account {Named(unknown)}, which the map of accounts names.");
        }

        return leftOut.Length == 0
            ? null
            : Reject($"The map leaves out {Named(leftOut)}, who owns datasets. Hand them over first.");
    }

    private static HutchError? FindUnmovable(ZoneTables tables, IReadOnlyList<NameRecord> names, string ownId)
    {
        if (names.FirstOrDefault(name => name.Home.SiteId != ownId) is { } elsewhere)
        {
            return Reject($"The dataset {elsewhere.FullName} is at home at another site.");
        }

        return tables.Publications.FirstChange() is null
            ? null
            : Reject("This server has published datasets, whose pages and DOIs would end: a server that publishes stays a zone.");
    }

    private static HutchError Reject(string words) => (ErrorCode.Unprocessable with
    {
        Advice = "Each account of this server has a line in the map, LOCAL: ZONE. Nothing was changed.",
    }).With(words);

    private static string Named(string[] names) =>
        Display.First(names.Order(StringComparer.Ordinal), names.Length, MaxNamed);
}
