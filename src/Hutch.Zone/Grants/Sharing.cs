using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;
using Hutch.Zone.Mail;
using Hutch.Zone.Visits;

namespace Hutch.Zone.Grants;

/// <summary>
/// Sharing of datasets: grants to users and groups, visibility, share links. Each method authorizes inside its transaction and adds a line
/// to the audit. Thread-safe.
/// </summary>
public sealed class Sharing(ZoneDatabase zone, Authorizer authorizer, Mailbox mailbox, TimeProvider time)
{
    private static readonly TimeSpan DefaultLinkLife = TimeSpan.FromDays(7);

    /// <summary>Lists the grants on a dataset by name. The public's rights are in its <see cref="NameRecord.Visibility"/>.</summary>
    public async ValueTask<Result<IReadOnlyList<GrantRecord>>> ListGrantsAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        await zone.ReadAsync(
            tables => authorizer.Authorize(tables, caller, dataset, Operation.GrantRead).Then(
                _ => Result<IReadOnlyList<GrantRecord>>.Ok(tables.Grants.On(dataset))),
            ct);

    /// <summary>Returns the line of the audit of the last change of the visibility; null for the one that the dataset began with.</summary>
    public async ValueTask<Result<AuditRecord?>> FindVisibilityChangeAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        await zone.ReadAsync(
            tables => authorizer.Authorize(tables, caller, dataset, Operation.GrantRead).Then(
                _ => Result<AuditRecord?>.Ok(tables.Audit.LastOf("dataset:" + dataset, Operation.VisibilityChange.Name))),
            ct);

    /// <summary>Grants a right to a user or group, or changes its grant; returns the current grant.</summary>
    /// <param name="right">The right; it includes those below it.</param>
    /// <param name="from">The start of the grant; null for now.</param>
    public ValueTask<Result<GrantRecord>> GrantAsync(
        Caller caller, DatasetId dataset, PrincipalKind kind, string principal, Rights right, DateTimeOffset? from, CancellationToken ct) =>
        ChangeAsync(caller, dataset, Operation.GrantChange, change => Give(change, caller, dataset, kind, principal, right, from), ct);

    /// <summary>Revokes the grant of a user or group. It takes effect before this returns.</summary>
    public ValueTask<Result<Done>> WithdrawAsync(
        Caller caller, DatasetId dataset, PrincipalKind kind, string principal, CancellationToken ct) =>
        ChangeAsync<Done>(caller, dataset, Operation.GrantChange, change =>
        {
            if (FindPrincipal(change, kind, principal) is not PrincipalRecord found || !change.Grants.Remove(dataset, found.Id))
            {
                return ErrorCode.NotFound.With($"{Display.Quote(principal)} has no right on this dataset to revoke.");
            }

            change.AddAudit(Operation.GrantChange.Name, "dataset:" + dataset, $"nothing to {Text(found)}");
            return Done.Value;
        }, ct);

    /// <summary>Sets the rights of the public: none (private), view, read or derive, at once or after an embargo.</summary>
    public ValueTask<Result<NameRecord>> SetVisibilityAsync(Caller caller, DatasetId dataset, Visibility visibility, CancellationToken ct)
    {
        return ChangeAsync<NameRecord>(caller, dataset, Operation.VisibilityChange, change =>
        {
            if (visibility.Right.Highest() > Rights.Derive)
            {
                return ErrorCode.BadRequest.With(
                    $"Everyone cannot have the right '{visibility.Right.ToName()}': use view, read or derive.");
            }

            Visibility set = visibility.Right == Rights.None ? Visibility.Private : visibility with { Right = visibility.Right.Highest() };
            change.Names.SetVisibility(dataset, set);
            change.Dois.SetDue(dataset);
            change.AddAudit(Operation.VisibilityChange.Name, "dataset:" + dataset, $"{set.Right.ToName()} to everybody{After(set.From)}");
            return change.Names.Find(dataset)!;
        }, ct);
    }

    /// <summary>Lists the share links of a dataset that are neither revoked nor expired, oldest first.</summary>
    public async ValueTask<Result<IReadOnlyList<LinkRecord>>> ListLinksAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        await zone.ReadAsync(
            tables => authorizer.Authorize(tables, caller, dataset, Operation.LinkRead).Then(
                _ => Result<IReadOnlyList<LinkRecord>>.Ok(tables.Links.On(dataset))),
            ct);

    /// <summary>Creates a share link that gives its holder view or read, for 7 days by default.</summary>
    public ValueTask<Result<IssuedLink>> CreateLinkAsync(
        Caller caller, DatasetId dataset, Rights right, TimeSpan? life, CancellationToken ct) =>
        ChangeAsync<IssuedLink>(caller, dataset, Operation.LinkCreate, change =>
        {
            if (right.Highest() is not (Rights.View or Rights.Read))
            {
                return ErrorCode.BadRequest.With($"A share link cannot give the right '{right.ToName()}': use view or read.");
            }

            if (!AccountText.End(life ?? DefaultLinkLife, time.GetUtcNow()).TryGet(out DateTimeOffset end, out HutchError? error))
            {
                return error;
            }

            if (change.Links.On(dataset).Count >= AccountLimits.MaxLinksPerDataset)
            {
                return ErrorCode.TooLarge.With(
                    $"The dataset has {AccountLimits.MaxLinksPerDataset} share links, the maximum. Revoke some first.");
            }

            (string id, BlobHash hash, IssuedSecret secret) = Credential.Issue(CredentialKind.Link, change.ZoneId);
            LinkRecord link = change.Links.Create(id, dataset, right.Highest(), hash, caller.UserId, end);
            change.AddAudit(
                Operation.LinkCreate.Name, "dataset:" + dataset,
                $"link:{id} gives {right.ToName()} until {Display.Minute(end)}");
            return new IssuedLink(link, secret);
        }, ct);

    /// <summary>Revokes a share link. The next request with it is refused.</summary>
    public ValueTask<Result<Done>> RevokeLinkAsync(Caller caller, DatasetId dataset, string id, CancellationToken ct) =>
        ChangeAsync<Done>(caller, dataset, Operation.LinkRevoke, change =>
        {
            if (!change.Links.Revoke(dataset, id))
            {
                return ErrorCode.NotFound.With($"The dataset has no active share link {Display.Quote(id)}.");
            }

            change.AddAudit(Operation.LinkRevoke.Name, "dataset:" + dataset, "link:" + id);
            return Done.Value;
        }, ct);

    /// <summary>Grants a right in an enclosing change, which has checked the caller's rights.</summary>
    internal Result<GrantRecord> Give(
        ZoneChange change, Caller caller, DatasetId dataset, PrincipalKind kind, string principal, Rights right, DateTimeOffset? from)
    {
        if (right.Highest() == Rights.None)
        {
            return ErrorCode.BadRequest.With("Give a right: view, read, derive, write or manage. To revoke one, delete it.");
        }

        if (FindPrincipal(change, kind, principal) is not PrincipalRecord found || VisitPrivacy.IsHidden(change, caller, found))
        {
            return NoPrincipal(change, caller, kind, principal);
        }

        IReadOnlyList<GrantRecord> before = change.Grants.On(dataset);
        if (before.Count >= AccountLimits.MaxGrantsPerDataset)
        {
            return ErrorCode.TooLarge.With(
                $"The dataset is shared with {AccountLimits.MaxGrantsPerDataset} users and groups, "
                + "the maximum. Use a group.");
        }

        change.Grants.Put(dataset, found.Id, right.Highest(), from, caller.UserId);
        if (right.Includes(Rights.Read))
        {
            // A request for access is fulfilled by the grant.
            change.AccessRequests.Remove(dataset, found.Id);
        }

        change.AddAudit(Operation.GrantChange.Name, "dataset:" + dataset, $"{right.ToName()} to {Text(found)}{After(from)}");
        if (before.All(grant => grant.Principal.Id != found.Id) && change.Principals.FindUser(found.Id) is UserRecord person)
        {
            mailbox.Send(
                change, person, caller.UserId, MailTemplates.Shared, ("by", caller.User?.DisplayName ?? caller.Name),
                ("dataset", change.Names.Find(dataset)!.FullName), ("right", right.ToName()), ("page", PortalUrl.DatasetPage(dataset)));
        }

        return change.Grants.On(dataset).Single(g => g.Principal.Id == found.Id);
    }

    private ValueTask<Result<T>> ChangeAsync<T>(
        Caller caller, DatasetId dataset, Operation operation, Func<ZoneChange, Result<T>> change, CancellationToken ct) =>
        zone.ChangeAsync(caller.Actor, tables => authorizer.Authorize(tables, caller, dataset, operation).Then(_ => change(tables)), ct);

    private static PrincipalRecord? FindPrincipal(ZoneTables tables, PrincipalKind kind, string name) =>
        tables.Principals.Find(name) is PrincipalRecord found && found.Kind == kind ? found : null;

    private static HutchError NoPrincipal(ZoneTables tables, Caller caller, PrincipalKind kind, string name)
    {
        string unknown = $"There is no {(kind == PrincipalKind.User ? "user" : "group")} {Display.Quote(name)}";
        return kind == PrincipalKind.User && FindPrincipal(tables, PrincipalKind.Group, name) is { } group
            && !VisitPrivacy.IsHidden(tables, caller, group)
            ? (ErrorCode.NotFound with { Advice = $"On the command line, the group is '@{name}'." }).With(unknown + ", but a group.")
            : ErrorCode.NotFound.With(unknown + ".");
    }

    private static string Text(PrincipalRecord principal) =>
        $"{(principal.Kind == PrincipalKind.User ? "user" : "group")}:{principal.Name}";

    private static string After(DateTimeOffset? from) => from is DateTimeOffset at ? $" from {Display.Minute(at)}" : "";
}

/// <summary>A new share link with its secret, which is shown once.</summary>
/// <param name="Secret">The secret, used as a bearer token.</param>
public sealed record IssuedLink(LinkRecord Link, IssuedSecret Secret);
