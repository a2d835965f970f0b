using Hutch.Zone.Authorization;
using Hutch.Zone.Limits;
using Hutch.Zone.Mail;

namespace Hutch.Zone.Grants;

/// <summary>
/// Sends notices about a dataset to its people: by mail where that is on, and in the portal. No recipient gets a notice twice, so that an
/// interrupted caller may simply repeat the request. Thread-safe.
/// </summary>
public sealed class DatasetNotices(ZoneDatabase zone, Mailbox mailbox)
{
    public const string Action = "dataset.notice";

    /// <summary>Notifies the owner (for a group, its managers), and people with or without an account.</summary>
    /// <param name="also">More addresses. An invalid one is omitted, and the audit records that.</param>
    public ValueTask<Result<int>> NotifyOwnerAsync(
        DatasetId dataset, DatasetNotice notice, IReadOnlyCollection<string> also, CancellationToken ct) =>
        NotifyOwnerAsync(dataset, notice, also, AuditActor.Server, ct);

    /// <param name="by">The author in the audit, whose limit applies.</param>
    /// <inheritdoc cref="NotifyOwnerAsync(DatasetId, DatasetNotice, IReadOnlyCollection{string}, CancellationToken)"/>
    public ValueTask<Result<int>> NotifyOwnerAsync(
        DatasetId dataset, DatasetNotice notice, IReadOnlyCollection<string> also, AuditActor by, CancellationToken ct) =>
        NotifyAsync(dataset, notice, (change, owner) => [.. Ownership.PeopleOf(change, owner)], also, by, ct);

    /// <summary>Notifies people with or without an account, but not the owner.</summary>
    /// <param name="addresses">The addresses. An invalid one is omitted, and the audit records that.</param>
    public ValueTask<Result<int>> NotifyAsync(
        DatasetId dataset, DatasetNotice notice, IReadOnlyCollection<string> addresses, CancellationToken ct) =>
        NotifyAsync(dataset, notice, addresses, AuditActor.Server, ct);

    /// <param name="by">The author in the audit, whose limit applies.</param>
    /// <inheritdoc cref="NotifyAsync(DatasetId, DatasetNotice, IReadOnlyCollection{string}, CancellationToken)"/>
    public ValueTask<Result<int>> NotifyAsync(
        DatasetId dataset, DatasetNotice notice, IReadOnlyCollection<string> addresses, AuditActor by, CancellationToken ct) =>
        NotifyAsync(dataset, notice, static (_, _) => [], addresses, by, ct);

    /// <summary>Notifies the people of an owner of its temporary datasets that expire on one day, if they do not know yet.</summary>
    public async ValueTask NotifyExpiringAsync(ExpiringDatasets datasets, CancellationToken ct)
    {
        DatasetNotice notice = DatasetNotice.Expiring(datasets);
        if (await zone.ReadAsync(tables => FindUnknowing(tables).Length > 0, ct))
        {
            _ = await zone.ChangeAsync<Done>(
                AuditActor.Server,
                change =>
                {
                    UserRecord[] people = FindUnknowing(change);
                    if (people.Length == 0)
                    {
                        return ErrorCode.Conflict.With("Another server has notified them.");
                    }

                    NameRecord name = change.Names.Find(datasets.One)!;
                    int notified = people.Count(person => Send(change, name, notice, person, null));
                    change.AddAudit(Action, "dataset:" + datasets.One, $"{notice.Template} to {notified}");
                    return Done.Value;
                },
                ct);
        }

        UserRecord[] FindUnknowing(ZoneTables tables) => tables.Names.Find(datasets.One) is not { } name ? [] :
        [
            .. Ownership.PeopleOf(tables, name.Owner).Where(person =>
                !tables.Mails.WasSaid(person.Id, null, notice.Template, notice.KeyOf(datasets.One))),
        ];
    }

    /// <summary>Notifies one account, if it is still there.</summary>
    public ValueTask<Result<int>> NotifyUserAsync(DatasetId dataset, DatasetNotice notice, string user, CancellationToken ct) =>
        NotifyAsync(
            dataset, notice, (change, _) => change.Principals.FindUser(user) is { } person ? [person] : [], [], AuditActor.Server, ct);

    private ValueTask<Result<int>> NotifyAsync(
        DatasetId dataset, DatasetNotice notice, Func<ZoneTables, PrincipalRecord, UserRecord[]> peopleOf,
        IReadOnlyCollection<string> addresses, AuditActor by, CancellationToken ct)
    {
        string?[] read = [.. addresses.Select(text => AccountText.Email(text) is { IsOk: true, Value: { } address } ? address : null)];
        return zone.ChangeAsync<int>(
            by,
            change =>
            {
                if (change.Names.Find(dataset) is not { } name)
                {
                    return ErrorCode.NotFound.With($"There is no dataset {dataset}.");
                }

                UserRecord[] people = peopleOf(change, name.Owner);
                IEnumerable<string> others = read.OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)
                    .Where(address => !people.Any(person => address.Equals(person.Email, StringComparison.OrdinalIgnoreCase)));
                int notified = people.Count(person => Send(change, name, notice, person, null))
                    + others.Count(address => Send(change, name, notice, null, address));
                int wrong = read.Count(static address => address is null);
                change.AddAudit(
                    Action, "dataset:" + dataset,
                    $"{notice.Template} to {notified}{(wrong == 0 ? "" : $", not to {wrong} that are no addresses")}");
                return notified;
            },
            ct);
    }

    /// <summary>
    /// Notifies the requester in the change that causes the notice: that account if it may still manage the dataset, otherwise the owner.
    /// </summary>
    internal void NotifyRequester(ZoneChange change, NameRecord name, DatasetNotice notice, string askedBy)
    {
        UserRecord[] people = change.Principals.FindUser(askedBy) is { } asker
            && IssuerRights.IsStillValid(change, asker, name.Dataset, Operation.CopyChange, zone.Time.GetUtcNow())
            ? [asker]
            : [.. Ownership.PeopleOf(change, name.Owner)];
        int notified = people.Count(person => Send(change, name, notice, person, null));
        change.AddAudit(Action, "dataset:" + name.Dataset, $"{notice.Template} to {notified}");
    }

    /// <summary>Notifies the owner, or the managers of the owning group, in the change that causes the notice.</summary>
    internal void NotifyOwner(ZoneChange change, NameRecord name, DatasetNotice notice)
    {
        int notified = Ownership.PeopleOf(change, name.Owner).Count(person => Send(change, name, notice, person, null));
        change.AddAudit(Action, "dataset:" + name.Dataset, $"{notice.Template} to {notified}");
    }

    private bool Send(ZoneChange change, NameRecord name, DatasetNotice notice, UserRecord? person, string? address)
    {
        string key = notice.KeyOf(name.Dataset);
        if (change.Mails.WasSaid(person?.Id, address, notice.Template, key))
        {
            return false;
        }

        (string Name, string Text)[] facts = [.. notice.Facts(name), (MailTable.KeyFact, key)];
        if (person is not null)
        {
            mailbox.Send(change, person, null, notice.Template, facts);
        }
        else
        {
            mailbox.SendTo(change, address!, null, notice.Template, facts);
        }

        return true;
    }
}
