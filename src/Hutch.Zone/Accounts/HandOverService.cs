using Hutch.Zone.Authorization;
using Hutch.Zone.Mail;

namespace Hutch.Zone.Accounts;

/// <summary>Hands over all of an account. Each method authorizes, changes in one transaction, and is audited. Thread-safe.</summary>
public sealed class HandOverService(ZoneDatabase zone, Mailbox mailbox)
{
    /// <summary>Previews a hand-over. For administrators.</summary>
    /// <param name="to">The login name of the heir, or <c>@GROUP</c>.</param>
    public async ValueTask<Result<HandOverPlan>> PlanAsync(Caller caller, string from, string to, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.UserHandOver);
        return allowed.IsOk
            ? await zone.ReadAsync<Result<HandOverPlan>>(
                tables => tables.Principals.FindUser(from) is not UserRecord leaver
                    ? AccountService.NoUser(from)
                    : FindHeir(tables, leaver, to).Then<HandOverPlan>(
                        heir => new HandOverPlan(heir.Name, [.. tables.Names.OwnedBy(leaver.Id)])),
                ct)
            : allowed.Error;
    }

    /// <summary>
    /// Gives everything of an account to a user or a group, in one change: its datasets, its rights on datasets of others, and its share
    /// links and invites. A user also receives the groups that only the account manages. For administrators. A name that is already taken
    /// gets a number.
    /// </summary>
    /// <param name="from">The login name of the leaver; the account may be disabled.</param>
    /// <param name="to">The login name of the heir, or <c>@GROUP</c>.</param>
    public async ValueTask<Result<HandOverOutcome>> HandOverAsync(Caller caller, string from, string to, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.UserHandOver);
        return allowed.IsOk
            ? await zone.ChangeAsync(
                caller.Actor,
                change => change.Principals.FindUser(from) is not UserRecord leaver ? AccountService.NoUser(from)
                    : FindHeir(change, leaver, to).Then<HandOverOutcome>(heir => HandOver(change, caller, leaver, heir)),
                ct)
            : allowed.Error;
    }

    private static Result<PrincipalRecord> FindHeir(ZoneTables tables, UserRecord leaver, string to)
    {
        bool group = to.StartsWith('@');
        if (tables.Principals.Find(group ? to[1..] : to) is not PrincipalRecord heir
            || heir.Kind != (group ? PrincipalKind.Group : PrincipalKind.User))
        {
            return group ? AccountService.NoGroup(to[1..]) : AccountService.NoUser(to);
        }

        if (heir.Id == leaver.Id)
        {
            return ErrorCode.Unprocessable.With("That is the same account. Choose another user, or a group as @NAME.");
        }

        bool able = group
            ? tables.Memberships.CountEnabledManagers(heir.Id) > 0
            : tables.Principals.FindUser(heir.Id) is { DisabledAt: null };
        return able
            ? heir
            : ErrorCode.Unprocessable.With(
                group ? $"The group '{heir.Name}' has no manager with an enabled account."
                    : $"The account '{heir.Name}' is disabled and cannot become an owner.");
    }

    private HandOverOutcome HandOver(ZoneChange change, Caller caller, UserRecord leaver, PrincipalRecord heir)
    {
        List<NameRecord> datasets = [];
        foreach (NameRecord name in change.Names.OwnedBy(leaver.Id))
        {
            NameRecord given = change.Names.Rename(name.Dataset, heir, change.Names.FindFree(heir.Name, name.Slug)).Value;
            change.Grants.Remove(name.Dataset, heir.Id);
            change.AddAudit(Operation.OwnerChange.Name, "dataset:" + name.Dataset, $"{name.FullName} is now {given.FullName}");
            datasets.Add(given);
        }

        int grants = HandOverGrants(change, caller, leaver, heir);
        int links = change.Links.HandOver(leaver.Id, heir.Id);
        int invites = change.Invites.HandOver(leaver.Id, heir.Id);
        int groups = heir.Kind == PrincipalKind.User ? HandOverGroups(change, leaver, heir) : 0;
        string to = (heir.Kind == PrincipalKind.User ? "user:" : "group:") + heir.Name;
        change.AddAudit(
            Operation.UserHandOver.Name, "user:" + leaver.Name,
            $"to {to}: {datasets.Count} datasets, {grants} rights, {links} links, {invites} invites, {groups} groups");
        if (change.Principals.FindUser(heir.Id) is UserRecord person)
        {
            mailbox.Send(
                change, person, caller.UserId, MailTemplates.HandedOver, ("by", caller.Name),
                ("from", leaver.Name), ("datasets", Text(datasets.Count)),
                ("grants", Text(grants)), ("links", Text(links)), ("invites", Text(invites)), ("page", "datasets"));
        }

        return new HandOverOutcome(datasets, grants, links, invites, groups);
    }

    /// <summary>Hands over grants. The heir gets the higher of both rights, and needs none on its own datasets.</summary>
    private static int HandOverGrants(ZoneChange change, Caller caller, UserRecord leaver, PrincipalRecord heir)
    {
        int given = 0;
        foreach (GrantRecord grant in change.Grants.ListFor(leaver.Id))
        {
            change.Grants.Remove(grant.Dataset, leaver.Id);

            // This line concerns the dataset in addition to the account: from it the search index learns the new readers.
            change.AddAudit(
                Operation.GrantChange.Name, "dataset:" + grant.Dataset, $"nothing to user:{leaver.Name}, handed over to {heir.Name}");
            GrantRecord? has = change.Grants.On(grant.Dataset).FirstOrDefault(g => g.Principal.Id == heir.Id);
            bool isEarlier = has?.Right == grant.Right && has.From is not null && !(grant.From >= has.From);
            if (change.Names.Find(grant.Dataset)?.Owner.Id == heir.Id || (has?.Right.Includes(grant.Right) == true && !isEarlier))
            {
                // A higher right that begins later stays one that begins later.
                continue;
            }

            change.Grants.Put(grant.Dataset, heir.Id, grant.Right, grant.From, caller.UserId);
            given++;
        }

        return given;
    }

    private static int HandOverGroups(ZoneChange change, UserRecord leaver, PrincipalRecord heir)
    {
        int given = 0;
        foreach (MembershipRecord membership in change.Memberships.GroupsOf(leaver.Id).Where(m => m.Manager))
        {
            bool alone = !change.Memberships.MembersOf(membership.GroupId)
                .Any(m => m.Manager && m.UserId != leaver.Id && change.Principals.FindUser(m.UserId) is { DisabledAt: null });
            if (alone)
            {
                change.Memberships.Put(membership.GroupId, heir.Id, manager: true);
                change.AddAudit(
                    Operation.GroupChange.Name, "group:" + membership.GroupName, $"manager {heir.Name}, in the place of {leaver.Name}");
                given++;
            }
        }

        return given;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <param name="Datasets">The datasets, by their current names.</param>
public sealed record HandOverPlan(string Heir, IReadOnlyList<NameRecord> Datasets);

/// <param name="Datasets">The datasets, by their new names.</param>
/// <param name="Groups">The number of groups that had only the leaver as manager; the heir manages them now.</param>
public sealed record HandOverOutcome(IReadOnlyList<NameRecord> Datasets, int Grants, int Links, int Invites, int Groups);
