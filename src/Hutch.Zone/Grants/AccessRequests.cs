using Hutch.Zone.Authorization;
using Hutch.Zone.Limits;
using Hutch.Zone.Mail;

namespace Hutch.Zone.Grants;

/// <summary>
/// Requests for access by users who may see a dataset but not read it. Its managers grant or deny them. Requests belong to the zone, as
/// rights do: a site refuses them and gives the address of the zone. Each method authorizes inside its transaction and adds a line to the
/// audit, without the text. Thread-safe.
/// </summary>
public sealed class AccessRequests(ZoneDatabase zone, Authorizer authorizer, Sharing sharing, Mailbox mailbox, TimeProvider time)
{
    /// <summary>The delay before a new request after a denial.</summary>
    public static readonly TimeSpan WaitAfterDenial = TimeSpan.FromDays(7);

    /// <summary>The time after which an unanswered request ends automatically.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(90);

    private const int LatestLines = 1000;

    /// <summary>Requests to read a dataset. Repeating an open request replaces its text.</summary>
    public ValueTask<Result<AccessRequestDetails>> RequestAsync(Caller caller, DatasetId dataset, string text, CancellationToken ct)
    {
        return zone.ChangeAsync(
            caller.Actor,
            change => Authorize(change, caller, dataset).Then(access =>
                FindRefusal(change, caller, access, text) is { } refusal ? refusal : Request(change, caller, access.Dataset, text.Trim())),
            ct);
    }

    /// <summary>Withdraws the caller's open request. A denied one stays until its delay ends, so that no new one comes at once.</summary>
    public ValueTask<Result<Done>> WithdrawAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        return zone.ChangeAsync<Done>(
            caller.Actor,
            change => Authorize(change, caller, dataset).Then<Done>(access =>
            {
                if (FindOpen(change, dataset, caller.UserId) is null)
                {
                    return ErrorCode.NotFound.With($"You have no open request for {access.Dataset.FullName}.");
                }

                change.AccessRequests.Remove(dataset, caller.UserId);
                change.AddAudit(Operation.AccessAsk.Name, Target(dataset), "withdrawn");
                return Done.Value;
            }),
            ct);
    }

    /// <summary>Lists the caller's own requests, open and denied, for the datasets that it may still see.</summary>
    public ValueTask<Result<IReadOnlyList<AccessRequestDetails>>> ListOwnAsync(Caller caller, CancellationToken ct) =>
        ListAsync(caller, tables => tables.AccessRequests.ListFor(caller.UserId).Where(IsCurrent), Operation.DatasetView, ct);

    /// <summary>
    /// Lists the open requests that the caller may answer, the oldest first; at most <see cref="AccountLimits.MaxPage"/>.
    /// </summary>
    public ValueTask<Result<IReadOnlyList<AccessRequestDetails>>> ListReceivedAsync(Caller caller, CancellationToken ct) =>
        ListAsync(
            caller,
            tables => tables.AccessRequests.To(caller.Principals, OldestOpen, AccountLimits.MaxPage),
            Operation.AccessAnswer,
            ct);

    public async ValueTask<Result<IReadOnlyList<AccessRequestDetails>>> ListAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        zone.View.Refusal is { } elsewhere ? elsewhere : await zone.ReadAsync(
            tables => authorizer.Authorize(tables, caller, dataset, Operation.AccessAnswer).Then(_ =>
                Result<IReadOnlyList<AccessRequestDetails>>.Ok(Describe(tables, tables.AccessRequests.On(dataset, OldestOpen)))),
            ct);

    /// <summary>Grants a request: the requester gets a right, and the request ends.</summary>
    public ValueTask<Result<GrantRecord>> GrantAsync(Caller caller, DatasetId dataset, string user, Rights right, CancellationToken ct) =>
        zone.ChangeAsync(
            caller.Actor,
            change => !right.Includes(Rights.Read)
                ? ErrorCode.BadRequest.With("A request for access is for reading: give read, derive, write or manage, or deny the request.")
                : RequireOpen(change, caller, dataset, user).Then(request =>
                sharing.Give(change, caller, dataset, PrincipalKind.User, user, right, null).Then<GrantRecord>(grant =>
                {
                    change.AddAudit(Operation.AccessAnswer.Name, Target(dataset), $"granted to user:{request.By.Name}");
                    return grant;
                })),
            ct);

    /// <summary>Denies a request. The requester sees that and may ask again later.</summary>
    public ValueTask<Result<Done>> DenyAsync(Caller caller, DatasetId dataset, string user, CancellationToken ct) =>
        zone.ChangeAsync(
            caller.Actor,
            change => RequireOpen(change, caller, dataset, user).Then<Done>(request =>
            {
                change.AccessRequests.Deny(dataset, request.By.Id);
                change.AddAudit(Operation.AccessAnswer.Name, Target(dataset), $"denied to user:{request.By.Name}");
                mailbox.Send(
                    change, change.Principals.FindUser(request.By.Id)!, caller.UserId, MailTemplates.AccessDenied,
                    ("dataset", change.Names.Find(dataset)!.FullName), ("page", PortalUrl.DatasetPage(dataset)));
                return Done.Value;
            }),
            ct);

    /// <summary>
    /// Ends all requests for a deleted dataset. It does nothing at a site that has joined a zone, because there the zone does it.
    /// </summary>
    public async ValueTask EndAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        if (zone.View.Refusal is null && await zone.ReadAsync(tables => tables.AccessRequests.On(dataset, OldestOpen).Count > 0, ct))
        {
            _ = await zone.ChangeUnlimitedAsync<Done>(
                caller.Actor,
                change =>
                {
                    change.AccessRequests.RemoveOn(dataset);
                    change.AddAudit(Operation.AccessAnswer.Name, Target(dataset), "ended with the dataset");
                    return Done.Value;
                },
                ct);
        }
    }

    private static string Target(DatasetId dataset) => "dataset:" + dataset;

    private DateTimeOffset OldestOpen => time.GetUtcNow() - Life;

    /// <summary>Returns true if a request is open, or was denied and its delay is not over.</summary>
    private bool IsCurrent(AccessRequestRecord request) =>
        (request.DeniedAt + WaitAfterDenial ?? request.At + Life) > time.GetUtcNow();

    private AccessRequestRecord? FindOpen(ZoneTables tables, DatasetId dataset, PrincipalId user) =>
        tables.AccessRequests.Find(dataset, user) is { DeniedAt: null } request && IsCurrent(request) ? request : null;

    private Result<Access> Authorize(ZoneTables tables, Caller caller, DatasetId dataset) =>
        authorizer.Authorize(tables, caller, dataset, Operation.AccessAsk);

    private HutchError? FindRefusal(ZoneTables tables, Caller caller, Access access, string text)
    {
        DatasetId dataset = access.Dataset.Dataset;
        if (access.Rights.Includes(Rights.Read))
        {
            return ErrorCode.Conflict.With($"You may read {access.Dataset.FullName} already.");
        }

        if (text.Length > AccountLimits.MaxRequestCharacters || text.Any(static c => char.IsControl(c) && c != '\n'))
        {
            return ErrorCode.BadRequest.With(
                $"The text can have at most {AccountLimits.MaxRequestCharacters} characters, and no control character but ends of lines.");
        }

        AccessRequestRecord? before = tables.AccessRequests.Find(dataset, caller.UserId);
        if (before?.DeniedAt is { } denied && IsCurrent(before))
        {
            return ErrorCode.Conflict.With(
                $"Your request for {access.Dataset.FullName} was denied. You can ask again after "
                + $"{Display.Minute(denied + WaitAfterDenial)}.");
        }

        if (CountChanges(tables, caller, dataset) >= AccountLimits.MaxRequestChangesPerDay)
        {
            return ErrorCode.TooManyRequests.With(
                $"You have asked for {access.Dataset.FullName} or taken that back {AccountLimits.MaxRequestChangesPerDay} times today, "
                + "the maximum. Try again tomorrow.");
        }

        bool isOpen = before is not null && IsCurrent(before);
        if (!isOpen && tables.AccessRequests.ListFor(caller.UserId).Count(IsCurrent) >= AccountLimits.MaxRequestsPerUser)
        {
            return ErrorCode.TooLarge.With(
                $"You have {AccountLimits.MaxRequestsPerUser} requests for access that are open or were denied this week, the maximum.");
        }

        return !isOpen && tables.AccessRequests.On(dataset, OldestOpen).Count >= AccountLimits.MaxRequestsPerDataset
            ? ErrorCode.TooLarge.With(
                $"{AccountLimits.MaxRequestsPerDataset} people have asked for {access.Dataset.FullName} and wait, the maximum. "
                + "Try again later.")
            : null;
    }

    /// <summary>
    /// Counts the caller's recent changes of a request. Each adds a line to the audit that the dataset's managers see: repeated requests
    /// and withdrawals must not fill their page.
    /// </summary>
    private int CountChanges(ZoneTables tables, Caller caller, DatasetId dataset) =>
        tables.Audit.ListOf(dataset, long.MaxValue, LatestLines).Count(line => line.Action == Operation.AccessAsk.Name
            && line.Actor.Id == caller.UserId && line.At > time.GetUtcNow() - TimeSpan.FromDays(1));

    private Result<AccessRequestDetails> Request(ZoneChange change, Caller caller, NameRecord name, string text)
    {
        // Old denied or unanswered requests have no further use.
        foreach (AccessRequestRecord old in change.AccessRequests.ListFor(caller.UserId).Where(request => !IsCurrent(request)))
        {
            change.AccessRequests.Remove(old.Dataset, caller.UserId);
        }

        change.AccessRequests.Put(name.Dataset, caller.UserId, text);
        change.AddAudit(Operation.AccessAsk.Name, Target(name.Dataset));
        NotifyOwner(change, caller, name);
        return Details(change, change.AccessRequests.Find(name.Dataset, caller.UserId)!)!;
    }

    /// <summary>Notifies the owner's people of a request: once a day, however often it is withdrawn and repeated.</summary>
    private void NotifyOwner(ZoneChange change, Caller caller, NameRecord name)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"{name.Dataset} {caller.UserId} {time.GetUtcNow():yyyy-MM-dd}");
        foreach (UserRecord person in Ownership.PeopleOf(change, name.Owner)
            .Where(person => !change.Mails.WasSaid(person.Id, null, MailTemplates.AccessRequested, key)))
        {
            mailbox.Send(
                change, person, caller.UserId, MailTemplates.AccessRequested, ("by", caller.User?.DisplayName ?? caller.Name),
                ("dataset", name.FullName), ("page", PortalUrl.DatasetPage(name.Dataset) + "/access"), (MailTable.KeyFact, key));
        }
    }

    private Result<AccessRequestRecord> RequireOpen(ZoneTables tables, Caller caller, DatasetId dataset, string user) =>
        authorizer.Authorize(tables, caller, dataset, Operation.AccessAnswer).Then(_ =>
            tables.Principals.FindUser(user) is { } person && FindOpen(tables, dataset, person.Id) is { } request
                ? Result<AccessRequestRecord>.Ok(request)
                : ErrorCode.NotFound.With($"There is no open request of {Display.Quote(user)} for this dataset."));

    private async ValueTask<Result<IReadOnlyList<AccessRequestDetails>>> ListAsync(
        Caller caller, Func<ZoneTables, IEnumerable<AccessRequestRecord>> requests, Operation operation, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.AccessList);
        if (!allowed.IsOk || zone.View.Refusal is not null)
        {
            return allowed.Error ?? zone.View.Refusal!;
        }

        return Result<IReadOnlyList<AccessRequestDetails>>.Ok(await zone.ReadAsync<IReadOnlyList<AccessRequestDetails>>(
            tables => Describe(
                tables, requests(tables).Where(request => authorizer.Authorize(tables, caller, request.Dataset, operation).IsOk)),
            ct));
    }

    private static AccessRequestDetails[] Describe(ZoneTables tables, IEnumerable<AccessRequestRecord> requests) =>
        [.. requests.Select(request => Details(tables, request)).OfType<AccessRequestDetails>()];

    /// <summary>Returns the details; null for an account or a dataset that has ended.</summary>
    private static AccessRequestDetails? Details(ZoneTables tables, AccessRequestRecord request) =>
        tables.Principals.FindUser(request.By.Id) is { DisabledAt: null } person && tables.Names.Find(request.Dataset) is { } name
            ? new AccessRequestDetails(request, name.FullName, person.DisplayName)
            : null;
}

public sealed record AccessRequestDetails(AccessRequestRecord Request, string Dataset, string? DisplayName);
