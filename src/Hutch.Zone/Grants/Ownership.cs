using Hutch.Zone.Authorization;
using Hutch.Zone.Limits;
using Hutch.Zone.Mail;
using Hutch.Zone.Visits;

namespace Hutch.Zone.Grants;

/// <summary>
/// The ownership of datasets. Each new owner must agree: an owner offers a dataset, and the receiver accepts it. Only administrators, and
/// owners who manage the receiving group, transfer at once. Each method authorizes inside its transaction and adds a line to the audit.
/// Thread-safe.
/// </summary>
public sealed class Ownership(ZoneDatabase zone, Authorizer authorizer, Mailbox mailbox, TimeProvider time)
{
    /// <summary>
    /// Returns true if the caller transfers to this owner at once, false if it offers, and a refusal when it may do neither. Further
    /// checks, such as the quota of the new owner, come between this and <see cref="GiveAsync"/>, which decides again.
    /// </summary>
    public async ValueTask<Result<bool>> TransfersAtOnceAsync(Caller caller, DatasetId dataset, AccountName owner, CancellationToken ct) =>
        await zone.ReadAsync(
            tables => authorizer.Authorize(tables, caller, dataset, Operation.OwnerChange).Then(
                access => NewOwner(tables, caller, owner).Then<bool>(to => TransfersAtOnce(caller, access.Dataset, to))),
            ct);

    /// <summary>Transfers a dataset to a user or group, or offers it. The former owner keeps only rights that are granted.</summary>
    public ValueTask<Result<TransferResult>> GiveAsync(Caller caller, DatasetId dataset, AccountName owner, CancellationToken ct) =>
        zone.ChangeAsync(
            caller.Actor,
            change => authorizer.Authorize(change, caller, dataset, Operation.OwnerChange).Then(access =>
                NewOwner(change, caller, owner).Then(to => TransfersAtOnce(caller, access.Dataset, to)
                    ? Give(change, access.Dataset, to, access.Dataset.Slug).Then<TransferResult>(name => new TransferResult(name, null))
                    : Offer(change, caller, access.Dataset, to).Then<TransferResult>(offer => new TransferResult(access.Dataset, offer)))),
            ct);

    /// <summary>Lists the offers to the caller and its managed groups, or the offers of their datasets; the oldest first.</summary>
    public async ValueTask<Result<IReadOnlyList<OfferDetails>>> ListAsync(Caller caller, bool own, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.OfferList);
        return allowed.IsOk
            ? Result<IReadOnlyList<OfferDetails>>.Ok(await zone.ReadAsync(
                tables =>
                {
                    PrincipalId[] asked = [caller.UserId, .. caller.Groups.Where(group => group.Manager).Select(group => group.GroupId)];
                    IReadOnlyList<OfferRecord> offers = own ? tables.Offers.ListFor(asked) : tables.Offers.To(asked);
                    return offers.Where(offer => IsStillValid(tables, offer)).Select(offer => Details(tables, offer)).ToArray();
                },
                ct))
            : allowed.Error;
    }

    /// <summary>Returns the offer of a dataset to a caller with the right to accept it.</summary>
    public async ValueTask<Result<OfferDetails>> FindAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        await zone.ReadAsync(tables => Receive(tables, caller, dataset).Then<OfferDetails>(offer => Details(tables, offer)), ct);

    /// <param name="caller">The receiver, or a manager of the receiving group.</param>
    /// <param name="slug">The new slug; null to keep the current one.</param>
    public ValueTask<Result<NameRecord>> AcceptAsync(Caller caller, DatasetId dataset, Slug? slug, CancellationToken ct) =>
        zone.ChangeAsync(
            caller.Actor,
            change => Receive(change, caller, dataset).Then(offer =>
            {
                NameRecord name = change.Names.Find(dataset)!;
                return FindEnd(change, caller, offer.To) is { } ended ? ended : Give(change, name, offer.To, slug?.Value ?? name.Slug);
            }),
            ct);

    /// <summary>Ends an offer: the receiver declines it, or the owner withdraws it.</summary>
    public ValueTask<Result<Done>> EndAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        zone.ChangeAsync(
            caller.Actor,
            change =>
            {
                Result<OfferRecord> received = Receive(change, caller, dataset);
                Result<Access> owned = authorizer.Authorize(change, caller, dataset, Operation.OwnerChange);
                if (!received.IsOk && !owned.IsOk)
                {
                    return received.Error;
                }

                return change.Offers.Remove(dataset)
                    ? Noted(change, Operation.OfferAnswer, dataset, received.IsOk ? "declined" : "withdrawn")
                    : ErrorCode.NotFound.With($"The dataset {dataset} is not offered to anybody.");
            },
            ct);

    private static Result<Done> Noted(ZoneChange change, Operation operation, DatasetId dataset, string detail)
    {
        change.AddAudit(operation.Name, "dataset:" + dataset, detail);
        return Done.Value;
    }

    private static bool TransfersAtOnce(Caller caller, NameRecord name, PrincipalRecord to) =>
        to.Id == name.Owner.Id
        || to.Id == caller.UserId
        || (caller.Roles.Intersects(Operation.OwnerChange.Roles) && caller.Scope.Carries(TokenScopes.Admin))
        || (to.Kind == PrincipalKind.Group && Authorizer.Authorize(caller, to, Operation.GroupOwn).IsOk);

    private static Result<NameRecord> Give(ZoneChange change, NameRecord before, PrincipalRecord to, string slug) =>
        change.Names.Rename(before.Dataset, to, slug).Then<NameRecord>(renamed =>
        {
            change.Grants.Remove(before.Dataset, to.Id);
            change.AddAudit(Operation.OwnerChange.Name, "dataset:" + before.Dataset, $"{before.FullName} is now {renamed.FullName}");
            return renamed;
        });

    private Result<OfferDetails> Offer(ZoneChange change, Caller caller, NameRecord name, PrincipalRecord to)
    {
        if (change.Offers.To([to.Id]).Count >= AccountLimits.MaxOffersPerReceiver)
        {
            return ErrorCode.TooLarge.With(
                $"'{to.Name}' has {AccountLimits.MaxOffersPerReceiver} datasets to accept or decline, the maximum. "
                + "Ask them to do that first.");
        }

        bool again = change.Offers.Find(name.Dataset)?.To.Id == to.Id;
        OfferRecord offer = change.Offers.Put(name.Dataset, to.Id, caller.UserId);
        change.AddAudit(Operation.OwnerChange.Name, "dataset:" + name.Dataset, $"{name.FullName} is offered to {to.Name}");
        foreach (UserRecord person in again ? [] : PeopleOf(change, to))
        {
            mailbox.Send(
                change, person, caller.UserId, MailTemplates.Offered, ("by", caller.User?.DisplayName ?? caller.Name),
                ("dataset", name.FullName), ("to", to.Kind == PrincipalKind.User ? "you" : "the group " + to.Name), ("page", "datasets"));
        }

        return Details(change, offer);
    }

    /// <summary>Returns the users that represent an owner: the user, or the managers of the group.</summary>
    internal static IEnumerable<UserRecord> PeopleOf(ZoneTables tables, PrincipalRecord principal)
    {
        IEnumerable<PrincipalId> ids = principal.Kind == PrincipalKind.User
            ? [principal.Id]
            : tables.Memberships.MembersOf(principal.Id).Where(member => member.Manager).Select(member => member.UserId);
        return ids.Select(tables.Principals.FindUser).OfType<UserRecord>().Where(user => user.DisabledAt is null);
    }

    private static Result<PrincipalRecord> NewOwner(ZoneTables tables, Caller caller, AccountName owner)
    {
        if (tables.Principals.Find(owner.Value) is not PrincipalRecord found || VisitPrivacy.IsHidden(tables, caller, found))
        {
            return ErrorCode.NotFound.With($"There is no user or group {Display.Quote(owner.Value)}.");
        }

        if (FindEnd(tables, caller, found) is { } ended)
        {
            return ended;
        }

        if (PeopleOf(tables, found).Any())
        {
            return found;
        }

        return ErrorCode.Unprocessable.With(
            found.Kind == PrincipalKind.User ? $"The account '{owner}' is disabled and cannot become an owner."
                : $"The group '{owner}' has no manager with an enabled account.");
    }

    /// <summary>Returns the refusal of a dataset for a visit that has ended; null for others, and for administrators.</summary>
    private static HutchError? FindEnd(ZoneTables tables, Caller caller, PrincipalRecord to) =>
        to.Kind == PrincipalKind.Group && tables.Visits.Find(to.Id) is { } visit && visit.HasEnded(tables.Visits.Now)
        && !VisitPrivacy.SeesAll(caller)
            ? ErrorCode.Conflict.With($"The visit {visit.Name} ended at {Display.Minute(visit.End)}: no dataset can be added to it.")
            : null;

    private Result<OfferRecord> Receive(ZoneTables tables, Caller caller, DatasetId dataset)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.OfferAnswer);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        return tables.Offers.Find(dataset) is OfferRecord offer
            && (offer.To.Id == caller.UserId || (offer.To.Kind == PrincipalKind.Group && caller.Manages(offer.To.Id)))
            && IsStillValid(tables, offer)
                ? offer
                : ErrorCode.NotFound.With($"You have no offer of a dataset {dataset}.");
    }

    private bool IsStillValid(ZoneTables tables, OfferRecord offer) => IssuerRights.IsStillValid(tables, offer, time.GetUtcNow());

    private static OfferDetails Details(ZoneTables tables, OfferRecord offer)
    {
        NameRecord name = tables.Names.Find(offer.Dataset)!;
        IReadOnlyList<GrantRecord> grants = tables.Grants.On(offer.Dataset);
        HashSet<PrincipalId> giver =
            [name.Owner.Id, offer.By.Id, .. tables.Memberships.GroupsOf(offer.By.Id).Select(group => group.GroupId)];
        Rights keeps = grants.Where(grant => giver.Contains(grant.Principal.Id)).Aggregate(Rights.None, (all, grant) => all | grant.Right);
        return new OfferDetails(offer, name, grants, keeps.Highest());
    }
}

/// <param name="Offer">The offer, when the new owner must accept it first; null after a transfer at once.</param>
public sealed record TransferResult(NameRecord Name, OfferDetails? Offer);

/// <param name="Keeps">The highest right that the giver keeps by these grants, by its account or its groups.</param>
public sealed record OfferDetails(OfferRecord Offer, NameRecord Name, IReadOnlyList<GrantRecord> Grants, Rights Keeps);
