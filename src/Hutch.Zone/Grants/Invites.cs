using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;
using Hutch.Zone.Mail;
using Hutch.Zone.Visits;

namespace Hutch.Zone.Grants;

/// <summary>
/// Invites to datasets and groups, which their managers create, list and revoke. Each method authorizes inside its transaction and adds a
/// line to the audit. Invites are accepted at the login. Thread-safe.
/// </summary>
public sealed class Invites(
    ZoneDatabase zone, Authorizer authorizer, Mailbox mailbox, AccountOptions options, TimeProvider time)
{
    private static readonly TimeSpan DefaultLife = TimeSpan.FromDays(7);

    /// <summary>Lists the unexpired invites to a dataset, the oldest first, including revoked and used ones.</summary>
    public async ValueTask<Result<IReadOnlyList<InviteRecord>>> ListAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        await zone.ReadAsync(
            tables => authorizer.Authorize(tables, caller, dataset, Operation.InviteRead)
                .Then(_ => Result<IReadOnlyList<InviteRecord>>.Ok(tables.Invites.On(dataset))),
            ct);

    /// <summary>Lists the unexpired invites to a group, the oldest first, including revoked and used ones.</summary>
    public async ValueTask<Result<IReadOnlyList<InviteRecord>>> ListAsync(Caller caller, string group, CancellationToken ct) =>
        await zone.ReadAsync(
            tables => OnGroup(tables, caller, group)
                .Then(found => Result<IReadOnlyList<InviteRecord>>.Ok(tables.Invites.In(found.Id))),
            ct);

    public ValueTask<Result<IssuedInvite>> CreateAsync(Caller caller, DatasetId dataset, InviteRequest request, CancellationToken ct) =>
        zone.ChangeAsync(
            caller.Actor,
            change => authorizer.Authorize(change, caller, dataset, Operation.InviteCreate).Then(access =>
                request.Right.Highest() == Rights.None
                    ? ErrorCode.BadRequest.With("An invite to a dataset needs a right: view, read, derive, write or manage.")
                    : Add(
                        change,
                        caller,
                        new InviteTarget(dataset, null, access.Dataset.FullName, request.Right.Highest(), Manager: false),
                        request,
                        change.Invites.On(dataset))),
            ct);

    public ValueTask<Result<IssuedInvite>> CreateAsync(Caller caller, string group, InviteRequest request, CancellationToken ct) =>
        zone.ChangeAsync(
            caller.Actor,
            change => OnGroup(change, caller, group).Then(found =>
                Add(
                    change,
                    caller,
                    new InviteTarget(null, found.Id, found.Name, Rights.None, request.Manager),
                    request,
                    change.Invites.In(found.Id))),
            ct);

    /// <summary>Revokes an invite. Accounts that have accepted it keep their rights.</summary>
    public ValueTask<Result<Done>> RevokeAsync(Caller caller, string id, CancellationToken ct) =>
        zone.ChangeAsync(caller.Actor, change => Revoke(change, caller, id), ct);

    /// <summary>
    /// Gives an account the right or membership of an invite, inside a change. Repeating it changes nothing and counts as no use.
    /// </summary>
    internal Result<InviteRecord> Accept(ZoneChange change, InviteRecord invite, UserRecord user)
    {
        if (change.Invites.WasUsedBy(invite.Id, user.Id))
        {
            change.AddAudit(Operation.InviteAccept.Name, "invite:" + invite.Id, "again");
            return invite;
        }

        if (HasAlready(change, invite, user))
        {
            change.AddAudit(Operation.InviteAccept.Name, "invite:" + invite.Id, $"{user.Name} has it already");
            return invite;
        }

        if (!IssuerRights.IsStillValid(change, invite, time.GetUtcNow()))
        {
            return Orphaned(invite);
        }

        if (!change.Invites.Use(invite.Id, user.Id))
        {
            return Over(invite, time.GetUtcNow());
        }

        Result<Done> given = invite.Target.Dataset is DatasetId dataset
            ? GiveRight(change, invite, dataset, user, time.GetUtcNow())
            : GiveMembership(change, invite, user);
        if (!given.IsOk)
        {
            return given.Error;
        }

        change.AddAudit(
            Operation.InviteAccept.Name, "invite:" + invite.Id, $"{user.Name} gets {invite.Target.Gives} {TargetText(invite.Target)}");
        return change.Invites.Find(invite.Id)!;
    }

    internal static HutchError Over(InviteRecord invite, DateTimeOffset now)
    {
        string why = invite.RevokedAt is not null ? "was revoked"
            : invite.ExpiresAt <= now ? "has expired"
            : "is used up";
        return ErrorCode.NotFound.With($"This invite {why}. Ask {invite.CreatedBy.Name} for a new one.");
    }

    internal static HutchError Orphaned(InviteRecord invite) => ErrorCode.NotFound.With(
        $"This invite no longer works: {invite.CreatedBy.Name}, who created it, may not invite to {invite.Target.Name} any more. "
        + "Ask a manager for a new one.");

    private static Result<GroupRecord> OnGroup(ZoneTables tables, Caller caller, string name)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.PrincipalFind);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        var principal = tables.Principals.FindGroup(name) is { } found ? new PrincipalRecord(found.Id, PrincipalKind.Group, name) : null;
        if (principal is null || VisitPrivacy.IsHidden(tables, caller, principal))
        {
            return ErrorCode.NotFound.With($"There is no group {Display.Quote(name)}.");
        }

        allowed = Authorizer.Authorize(caller, principal, Operation.GroupInvite);
        return allowed.IsOk ? tables.Principals.FindGroup(name)! : allowed.Error;
    }

    private static bool HasAlready(ZoneChange change, InviteRecord invite, UserRecord user)
    {
        if (invite.Target.Group is PrincipalId group)
        {
            return change.Memberships.GroupsOf(user.Id).Any(m => m.GroupId == group && (m.Manager || !invite.Target.Manager));
        }

        DatasetId dataset = invite.Target.Dataset!.Value;
        return change.Names.Find(dataset)?.Owner.Id == user.Id
            || change.Grants.On(dataset).Any(g => g.Principal.Id == user.Id && g.From is null && g.Right.Includes(invite.Target.Right));
    }

    private static Result<Done> GiveRight(ZoneChange change, InviteRecord invite, DatasetId dataset, UserRecord user, DateTimeOffset now)
    {
        IReadOnlyList<GrantRecord> grants = change.Grants.On(dataset);
        GrantRecord? has = grants.FirstOrDefault(g => g.Principal.Id == user.Id);
        if (has is null && grants.Count >= AccountLimits.MaxGrantsPerDataset)
        {
            return ErrorCode.TooLarge.With(
                $"{invite.Target.Name} is shared with {AccountLimits.MaxGrantsPerDataset} users and groups, "
                + "the maximum.");
        }

        if (has?.From > now && has.Right != invite.Target.Right && has.Right.Includes(invite.Target.Right))
        {
            // There is one right a user: a lower one now would take the higher one away, and the higher one now is not what anybody gave.
            return ErrorCode.Unprocessable.With(
                $"You have the right '{has.Right.ToName()}' on {invite.Target.Name} from {Mailbox.Time(has.From.Value)} UTC. "
                + "Ask a manager for another right until then.");
        }

        Rights right = has is not null && has.Right.Includes(invite.Target.Right) ? has.Right : invite.Target.Right;
        change.Grants.Put(dataset, user.Id, right, null, invite.CreatedBy.Id);

        // This line concerns the dataset in addition to the invite: from it the lists of datasets learn the new readers.
        change.AddAudit(Operation.GrantChange.Name, "dataset:" + dataset, $"{right.ToName()} to user:{user.Name} by invite {invite.Id}");
        return Done.Value;
    }

    private static Result<Done> GiveMembership(ZoneChange change, InviteRecord invite, UserRecord user)
    {
        PrincipalId group = invite.Target.Group!.Value;
        if (change.Memberships.MembersOf(group).Count >= AccountLimits.MaxMembersPerGroup)
        {
            return ErrorCode.TooLarge.With(
                $"The group '{invite.Target.Name}' has {AccountLimits.MaxMembersPerGroup} members, the maximum.");
        }

        change.Memberships.Put(group, user.Id, invite.Target.Manager);
        return Done.Value;
    }

    private static string TargetText(InviteTarget target) =>
        target.Dataset is DatasetId dataset ? "on dataset:" + dataset : "in group:" + target.Name;

    private Result<IssuedInvite> Add(
        ZoneChange change, Caller caller, InviteTarget target, InviteRequest request, IReadOnlyList<InviteRecord> before)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (!AccountText.Line(request.Note, "note").TryGet(out string? note, out HutchError? error)
            || !AccountText.Email(request.Email).TryGet(out string? email, out error)
            || !AccountText.End(request.Life ?? DefaultLife, now).TryGet(out DateTimeOffset end, out error))
        {
            return error;
        }

        if (request.MaxUses is < 1 or > AccountLimits.MaxInviteUses)
        {
            return ErrorCode.BadRequest.With($"An invite can be for 1 to {AccountLimits.MaxInviteUses} people, not {request.MaxUses}.");
        }

        if (email is not null && change.Invites.CountMailedBy(caller.UserId, now - TimeSpan.FromDays(1)) >= options.MailedInvitesPerDay)
        {
            return ErrorCode.TooManyRequests.With(
                $"You sent {options.MailedInvitesPerDay} invites by email within a day, the maximum. "
                + "Create the invite without an address and send its link yourself, or wait.",
                "retryAfterSeconds", "3600");
        }

        if (before.Count(invite => invite.IsOpenAt(now)) >= AccountLimits.MaxInvitesPerTarget)
        {
            return ErrorCode.TooLarge.With(
                $"There are {AccountLimits.MaxInvitesPerTarget} open invites to {target.Name}, the maximum. "
                + "Revoke some first.");
        }

        (string id, BlobHash hash, IssuedSecret code) = Credential.Issue(CredentialKind.Invite);
        var by = new PrincipalRecord(caller.UserId, PrincipalKind.User, caller.Name);
        InviteRecord invite = change.Invites.Create(
            new InviteRecord(id, hash, null, target, note, email, by, now, end, request.MaxUses, 0, null));
        change.AddAudit(
            Operation.InviteCreate.Name, "invite:" + id,
            $"{target.Gives} {TargetText(target)}, {request.MaxUses} times, "
            + $"until {Mailbox.Time(end)} UTC{(email is null ? "" : ", by mail")}");
        if (email is not null)
        {
            mailbox.SendTo(
                change, email, caller.UserId, MailTemplates.Invite, ("invite", id), ("by", caller.User?.DisplayName ?? caller.Name),
                ("target", target.Dataset is null ? "the group " + target.Name : "the dataset " + target.Name), ("gives", target.Gives),
                ("note", note ?? ""), ("expires", Mailbox.Time(end)));
        }

        return new IssuedInvite(invite, code);
    }

    private Result<Done> Revoke(ZoneChange change, Caller caller, string id)
    {
        HutchError none = ErrorCode.NotFound.With($"You have no open invite {Display.Quote(id)}.");
        if (change.Invites.Find(id) is not { RevokedAt: null } invite)
        {
            return caller.IsUser ? none : Authorizer.Authorize(caller, Operation.InviteAccept).Error!;
        }

        Result<Done> allowed = invite.Target.Dataset is DatasetId dataset
            ? authorizer.Authorize(change, caller, dataset, Operation.InviteRevoke).Then<Done>(_ => Done.Value)
            : Authorizer.Authorize(
                caller, new PrincipalRecord(invite.Target.Group!.Value, PrincipalKind.Group, invite.Target.Name), Operation.GroupInvite);
        if (!allowed.IsOk)
        {
            // The invite's existence must not be revealed to callers without access to it.
            return allowed.Error.Code == ErrorCode.Forbidden || allowed.Error.Code == ErrorCode.NotFound ? none : allowed.Error;
        }

        change.Invites.Revoke(id);
        change.AddAudit(Operation.InviteRevoke.Name, "invite:" + id, TargetText(invite.Target));
        return Done.Value;
    }
}

public sealed record InviteRequest
{
    public Rights Right { get; init; } = Rights.Read;

    public bool Manager { get; init; }

    /// <summary>The life; null for a week.</summary>
    public TimeSpan? Life { get; init; }

    public int MaxUses { get; init; } = 1;

    public string? Note { get; init; }

    public string? Email { get; init; }
}

/// <summary>A new invite with its code, which is shown once.</summary>
public sealed record IssuedInvite(InviteRecord Invite, IssuedSecret Code);
