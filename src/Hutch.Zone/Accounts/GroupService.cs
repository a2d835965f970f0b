using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;
using Hutch.Zone.Visits;

namespace Hutch.Zone.Accounts;

/// <summary>Groups and their members. Each method authorizes, changes in one transaction, and is audited. Thread-safe.</summary>
public sealed class GroupService(ZoneDatabase zone)
{
    /// <summary>Creates a group; the caller becomes its first manager.</summary>
    public async ValueTask<Result<GroupDetails>> CreateAsync(Caller caller, string name, string? description, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.GroupCreate);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        if (!AccountText.NewName(name).TryGet(out string? checkedName, out HutchError? error)
            || !AccountText.Line(description, "description").TryGet(out string? checkedDescription, out error))
        {
            return error;
        }

        return await zone.ChangeAsync(
            caller.Actor,
            change => FindRefusal(change, caller) is { } refusal
                ? refusal
                : change.Principals.CreateGroup(Credential.NewPrincipalId(), checkedName, checkedDescription).Then<GroupDetails>(group =>
                {
                    change.Memberships.Put(group.Id, caller.UserId, manager: true);
                    change.AddAudit(Operation.GroupCreate.Name, "group:" + checkedName);
                    return new GroupDetails(group, change.Memberships.MembersOf(group.Id));
                }),
            ct);
    }

    private static HutchError? FindRefusal(ZoneTables tables, Caller caller) =>
        tables.Memberships.GroupsOf(caller.UserId).Count(static membership => membership.Manager) >= AccountLimits.MaxGroupsPerManager
            ? ErrorCode.TooLarge.With($"You manage {AccountLimits.MaxGroupsPerManager} groups, the maximum. Delete some first.")
            : null;

    /// <summary>Returns a group with its members, if the caller is one of them.</summary>
    public async ValueTask<Result<GroupDetails>> FindAsync(Caller caller, string name, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.PrincipalFind);
        return allowed.IsOk
            ? await zone.ReadAsync(
                t => OnGroup(t, caller, name, Operation.GroupRead)
                    .Then<GroupDetails>(g => new GroupDetails(g, t.Memberships.MembersOf(g.Id))),
                ct)
            : allowed.Error;
    }

    /// <summary>Lists groups in the order of names, after a name. The caller's own groups include members.</summary>
    public async ValueTask<Result<IReadOnlyList<GroupDetails>>> ListAsync(
        Caller caller, string? after, int limit, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.PrincipalFind);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        return Result<IReadOnlyList<GroupDetails>>.Ok(
            await zone.ReadAsync(
                t => t.Principals.ListGroups(after, AccountService.Page(limit), VisitPrivacy.SeesAll(caller) ? null : caller.Principals)
                    .Select(g => VisibleDetails(t, caller, g)).ToArray(),
                ct));
    }

    /// <summary>Adds a member, or changes whether a member is a manager. For managers. A group keeps at least one manager.</summary>
    public ValueTask<Result<GroupDetails>> PutMemberAsync(Caller caller, string group, string user, bool manager, CancellationToken ct) =>
        ChangeGroupAsync(caller, group, Operation.GroupChange, (change, record) =>
        {
            if (change.Principals.FindUser(user) is not UserRecord member)
            {
                return AccountService.NoUser(user);
            }

            if (change.Memberships.MembersOf(record.Id).Count >= AccountLimits.MaxMembersPerGroup)
            {
                return ErrorCode.TooLarge.With(
                    $"The group '{group}' has {AccountLimits.MaxMembersPerGroup} members, the maximum.");
            }

            if (manager && member.DisabledAt is not null)
            {
                return ErrorCode.Unprocessable.With($"The account '{user}' is disabled and cannot become a manager.");
            }

            change.Memberships.Put(record.Id, member.Id, manager);
            change.AddAudit(Operation.GroupChange.Name, "group:" + group, $"{(manager ? "manager" : "member")} {user}");
            return KeepManager(change, record);
        }, ct);

    /// <summary>Removes a member. For managers and for the member itself. A group keeps at least one manager.</summary>
    public ValueTask<Result<GroupDetails>> RemoveMemberAsync(Caller caller, string group, string user, CancellationToken ct)
    {
        Operation operation = caller.User?.Name == user && caller.Groups.Any(g => g.GroupName == group)
            ? Operation.GroupLeave
            : Operation.GroupChange;
        return ChangeGroupAsync(caller, group, operation, (change, record) =>
        {
            if (change.Principals.FindUser(user) is not UserRecord member || !change.Memberships.Remove(record.Id, member.Id))
            {
                return ErrorCode.NotFound.With($"{Display.Quote(user)} is not a member of the group '{group}'.");
            }

            change.AddAudit(operation.Name, "group:" + group, $"removed {user}");
            return KeepManager(change, record);
        }, ct);
    }

    /// <summary>Deletes a group and the rights granted to it. For managers. A group that owns datasets cannot be deleted.</summary>
    public async ValueTask<Result<Done>> DeleteAsync(Caller caller, string group, CancellationToken ct)
    {
        Result<GroupDetails> result = await ChangeGroupAsync(caller, group, Operation.GroupDelete, (change, record) =>
        {
            if (change.Visits.Find(record.Id) is not null && !VisitPrivacy.SeesAll(caller))
            {
                return ErrorCode.Forbidden.With(
                    $"'{group}' is a visit: only an administrator can delete it.", "missingRole", "administrator");
            }

            long owned = change.Names.CountOwnedBy(record.Id);
            if (owned > 0)
            {
                return ErrorCode.Unprocessable.With(
                    $"The group '{group}' owns {owned} datasets. Transfer them to another owner first.",
                    "datasets", owned.ToString(CultureInfo.InvariantCulture));
            }

            change.Principals.DeleteGroup(record.Id, caller.UserId);
            change.AddAudit(Operation.GroupDelete.Name, "group:" + group);
            return new GroupDetails(record, []);
        }, ct);
        return result.Then<Done>(_ => Done.Value);
    }

    private async ValueTask<Result<GroupDetails>> ChangeGroupAsync(
        Caller caller, string name, Operation operation, Func<ZoneChange, GroupRecord, Result<GroupDetails>> change, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.MeRead);
        return allowed.IsOk
            ? await zone.ChangeAsync(
                caller.Actor, tables => OnGroup(tables, caller, name, operation).Then(record => change(tables, record)), ct)
            : allowed.Error;
    }

    private static Result<GroupRecord> OnGroup(ZoneTables tables, Caller caller, string name, Operation operation)
    {
        if (tables.Principals.FindGroup(name) is not GroupRecord group)
        {
            return AccountService.NoGroup(name);
        }

        var principal = new PrincipalRecord(group.Id, PrincipalKind.Group, group.Name);
        if (VisitPrivacy.IsHidden(tables, caller, principal))
        {
            return AccountService.NoGroup(name);
        }

        Result<Done> allowed = Authorizer.Authorize(caller, principal, operation);
        return allowed.IsOk ? group : allowed.Error;
    }

    private static GroupDetails VisibleDetails(ZoneTables tables, Caller caller, GroupRecord group)
    {
        bool visible = Authorizer.Authorize(
            caller, new PrincipalRecord(group.Id, PrincipalKind.Group, group.Name), Operation.GroupRead).IsOk;
        return new GroupDetails(group, visible ? tables.Memberships.MembersOf(group.Id) : null);
    }

    private static Result<GroupDetails> KeepManager(ZoneChange change, GroupRecord group)
    {
        return change.Memberships.CountEnabledManagers(group.Id) > 0
            ? new GroupDetails(group, change.Memberships.MembersOf(group.Id))
            : ErrorCode.Unprocessable.With(
                $"The group '{group.Name}' would have no manager with an enabled account. Make another member a manager first.");
    }
}

/// <param name="Members">The members; null when the caller may not see them.</param>
public sealed record GroupDetails(GroupRecord Group, IReadOnlyList<MemberRecord>? Members);
