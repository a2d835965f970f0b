using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;

namespace Hutch.Zone.Visits;

/// <summary>Visits, their people and dates. Each method authorizes, changes in one transaction, and is audited. Thread-safe.</summary>
public sealed class VisitService
{
    /// <summary>The prefix of a target in the audit, after which caches of rights read everything again.</summary>
    private const string Target = "visit:";

    private readonly ZoneDatabase _zone;
    private readonly TimeProvider _time;

    internal VisitService(ZoneDatabase zone, TimeProvider time) => (_zone, _time) = (zone, time);

    /// <summary>The time by which visits begin and end: that of the zone.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Lists the visits of the caller, or all for an administrator; those that begin last first.</summary>
    public async ValueTask<Result<IReadOnlyList<VisitDetails>>> ListAsync(Caller caller, bool everything, CancellationToken ct)
    {
        Result<Done> allowed = caller.Kind == CallerKind.Screen && !everything
            ? Done.Value
            : Authorizer.Authorize(caller, everything ? Operation.VisitChange : Operation.PrincipalFind);
        return allowed.IsOk
            ? Result<IReadOnlyList<VisitDetails>>.Ok(await _zone.ReadAsync(
                tables => (everything
                    ? tables.Visits.List(VisitLimits.MaxListed)
                    : tables.Visits.List(caller.Groups.Where(static group => group.IsVisit).Select(static group => group.GroupId)))
                    .Select(visit => Details(tables, visit)).ToArray(),
                ct))
            : allowed.Error;
    }

    /// <summary>Returns a visit, if the caller is one of its people or an administrator.</summary>
    public ValueTask<Result<VisitDetails>> FindAsync(Caller caller, string name, CancellationToken ct) => _zone.ReadAsync(
        tables => Find(tables, caller, name, Operation.GroupRead).Then<VisitDetails>(
            visit => Details(tables, visit) with { Copies = CountCopied(tables, visit) }),
        ct);

    /// <summary>
    /// Creates a visit, or makes it equal to a draft. People and accounts that do not exist are left out and noted. A repetition changes
    /// nothing.
    /// </summary>
    public async ValueTask<Result<VisitDetails>> PutAsync(Caller caller, VisitDraft wanted, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.VisitChange);
        return !allowed.IsOk ? allowed.Error
            : VisitText.Check(wanted).TryGet(out VisitDraft? draft, out HutchError? error)
                ? await _zone.ChangeAsync(caller.Actor, change => Put(change, draft), ct)
            : error;
    }

    /// <summary>Adds a person, or changes its role. For the principal investigator.</summary>
    public ValueTask<Result<VisitDetails>> PutPersonAsync(
        Caller caller, string name, string user, VisitRole role, CancellationToken ct) =>
        ChangeAsync(caller, name, Operation.GroupChange, (change, visit) =>
        {
            if (change.Principals.FindUser(user) is not UserRecord person)
            {
                return ErrorCode.NotFound.With($"There is no user {Display.Quote(user)}.");
            }

            IReadOnlyList<MemberRecord> members = change.Memberships.MembersOf(visit.Id);
            if (members.Count >= VisitLimits.MaxPeople && members.All(member => member.UserId != person.Id))
            {
                return ErrorCode.TooLarge.With($"The visit '{name}' has {VisitLimits.MaxPeople} people, the maximum.");
            }

            if (role != VisitRole.PrincipalInvestigator && IsLastManager(members, person.Id))
            {
                return LastManager(name);
            }

            VisitRecord changed = SetRole(change, visit, person, role);
            change.AddAudit(Operation.GroupChange.Name, "group:" + name, $"{role.ToName()} {user}");
            return Details(change, changed);
        }, ct);

    /// <summary>Ends writing to the datasets of a visit now. For the principal investigator; only an administrator can undo it.</summary>
    public ValueTask<Result<VisitDetails>> EndAsync(Caller caller, string name, CancellationToken ct) =>
        ChangeAsync(caller, name, Operation.GroupChange, (change, visit) =>
        {
            DateTimeOffset now = Now;
            if (now < visit.Begin)
            {
                return ErrorCode.Unprocessable.With($"The visit '{name}' has not begun. An administrator can change its dates.");
            }

            VisitRecord ended = visit.HasEnded(now) ? visit : visit with { End = now };
            change.Visits.Put(ended);
            change.AddAudit(Operation.VisitChange.Name, Target + name, $"ended at {Display.Minute(ended.End)}");
            return Details(change, ended);
        }, ct);

    private async ValueTask<Result<VisitDetails>> ChangeAsync(
        Caller caller, string name, Operation operation, Func<ZoneChange, VisitRecord, Result<VisitDetails>> change,
        CancellationToken ct) =>
        await _zone.ChangeAsync(
            caller.Actor, tables => Find(tables, caller, name, operation).Then(visit => change(tables, visit)), ct);

    /// <summary>
    /// Returns a visit for an operation; the same refusal for one that does not exist and one that the caller may not see.
    /// </summary>
    internal static Result<VisitRecord> Find(ZoneTables tables, Caller caller, string name, Operation operation)
    {
        Result<Done> known = Authorizer.Authorize(caller, Operation.PrincipalFind);
        if (!known.IsOk)
        {
            return known.Error;
        }

        if (tables.Principals.FindGroup(name) is not GroupRecord group || tables.Visits.Find(group.Id) is not VisitRecord visit)
        {
            return NoVisit(name);
        }

        var principal = new PrincipalRecord(group.Id, PrincipalKind.Group, group.Name);
        if (VisitPrivacy.IsHidden(tables, caller, principal))
        {
            return NoVisit(name);
        }

        Result<Done> allowed = Authorizer.Authorize(caller, principal, operation);
        return allowed.IsOk ? visit : allowed.Error;
    }

    private static HutchError NoVisit(string name) => (ErrorCode.NotFound with
    {
        Advice = "`hutch visit list` shows your visits. Ask the principal investigator to add you to others.",
    }).With($"There is no visit {Display.Quote(name)} that you can see.");

    private static Result<VisitDetails> Put(ZoneChange change, VisitDraft draft)
    {
        VisitRecord? before = change.Principals.FindGroup(draft.Name) is { } existing ? change.Visits.Find(existing.Id) : null;
        PrincipalId id;
        if (before is not null)
        {
            id = before.Id;
        }
        else if (change.Principals.CreateGroup(Credential.NewPrincipalId(), draft.Name, null)
            .TryGet(out GroupRecord? made, out HutchError? taken))
        {
            id = made.Id;
        }
        else
        {
            return taken;
        }

        var notes = new List<string>();
        List<(UserRecord User, VisitRole Role)> people = [];
        foreach (VisitPerson person in draft.People)
        {
            if (change.Principals.FindUser(person.User) is { } user)
            {
                people.Add((user, person.Role));
            }
            else
            {
                notes.Add($"There is no account {Display.Quote(person.User)}: this {person.Role.ToName()} was left out.");
            }
        }

        var visit = new VisitRecord(
            id, draft.Name, draft.Title, draft.Proposal, draft.Instrument, draft.Begin, draft.End, draft.EmbargoEnd, draft.KeepDays)
        {
            Samples = draft.Samples,
            LocalContacts = [.. people.Where(static one => one.Role == VisitRole.LocalContact).Select(static one => one.User.Id)],
        };
        change.Visits.Put(visit);
        PutPeople(change, id, people);
        PutCreators(change, visit, draft.Creators, notes);
        MoveEmbargo(change, before, visit);
        change.AddAudit(
            Operation.VisitChange.Name, Target + draft.Name,
            $"{Display.Minute(visit.Begin)} to {Display.Minute(visit.End)}, {people.Count} people");
        return Details(change, visit) with { Notes = notes };
    }

    private static void PutPeople(ZoneChange change, PrincipalId visit, List<(UserRecord User, VisitRole Role)> people)
    {
        foreach (MemberRecord member in change.Memberships.MembersOf(visit).Where(one => people.All(now => now.User.Id != one.UserId)))
        {
            change.Memberships.Remove(visit, member.UserId);
        }

        foreach ((UserRecord user, VisitRole role) in people)
        {
            change.Memberships.Put(visit, user.Id, role == VisitRole.PrincipalInvestigator);
        }
    }

    private static void PutCreators(ZoneChange change, VisitRecord visit, IReadOnlyList<string> accounts, List<string> notes)
    {
        foreach (string account in accounts)
        {
            if (change.Principals.FindUser(account) is not { } user)
            {
                notes.Add($"There is no account {Display.Quote(account)}: it cannot create datasets of the visit.");
                continue;
            }

            IReadOnlyList<PrincipalRecord> owners = change.Creators.ListFor(user.Id);
            if (owners.All(owner => owner.Id != visit.Id))
            {
                // Visits that have ended take no datasets: an account for all visits of an instrument does not reach its limit.
                IEnumerable<PrincipalId> others = owners.Select(static owner => owner.Id)
                    .Where(owner => change.Visits.Find(owner)?.HasEnded(visit.Begin) != true);
                change.Creators.Set(user.Id, others.Append(visit.Id));
            }
        }
    }

    /// <summary>Lets the embargo of existing datasets follow that of the visit, unless their owner has chosen another.</summary>
    private static void MoveEmbargo(ZoneChange change, VisitRecord? before, VisitRecord after)
    {
        if (before?.EmbargoEnd is not { } from || from == after.EmbargoEnd)
        {
            return;
        }

        foreach (DatasetId dataset in change.Visits.MoveEmbargo(after.Id, from, after.EmbargoEnd))
        {
            change.Dois.SetDue(dataset);
            change.AddAudit(
                Operation.VisibilityChange.Name, "dataset:" + dataset,
                after.EmbargoEnd is { } to ? $"embargo of the visit until {Display.Minute(to)}" : "private, as the visit");
        }
    }

    private static VisitRecord SetRole(ZoneChange change, VisitRecord visit, UserRecord person, VisitRole role)
    {
        change.Memberships.Put(visit.Id, person.Id, role == VisitRole.PrincipalInvestigator);
        IEnumerable<PrincipalId> others = visit.LocalContacts.Where(contact => contact != person.Id);
        VisitRecord changed = visit with { LocalContacts = role == VisitRole.LocalContact ? [.. others, person.Id] : [.. others] };
        change.Visits.Put(changed);
        return changed;
    }

    private static bool IsLastManager(IReadOnlyList<MemberRecord> members, PrincipalId person) =>
        members.Any(member => member.Manager && member.UserId == person) && members.Count(static member => member.Manager) == 1;

    private static HutchError LastManager(string visit) => ErrorCode.Unprocessable.With(
        $"The visit '{visit}' would have no principal investigator. Give this role to another of its people first.");

    /// <summary>The zone alone knows the copies at all sites.</summary>
    private CopiedDatasets? CountCopied(ZoneTables tables, VisitRecord visit) =>
        _zone.View.Joined is null && tables.Sites.List().Any(static site => site.RemovedAt is null)
            ? tables.Copies.CountCopied(visit.Id)
            : null;

    private static VisitDetails Details(ZoneTables tables, VisitRecord visit) => new(
        visit,
        [
            .. tables.Memberships.MembersOf(visit.Id).Select(member => new VisitPerson(
                member.UserName,
                member.Manager ? VisitRole.PrincipalInvestigator
                    : visit.LocalContacts.Contains(member.UserId) ? VisitRole.LocalContact
                    : VisitRole.Experimenter)),
        ],
        []);
}
