using Hutch.Site.Life.Quotas;
using Hutch.Zone.Accounts;
using Hutch.Zone.Grants;
using Hutch.Zone.Limits;

namespace Hutch.Datasets.Registry;

/// <summary>Gives datasets to other owners, after a check of the caller's rights, the new owner's consent and its quotas.</summary>
public sealed class OwnershipService
{
    private readonly DatasetDescriber _describer;
    private readonly FederatedDescriber _federated;
    private readonly DatasetLister _lister;
    private readonly Ownership _ownership;
    private readonly NameReconciler _reconciler;
    private readonly HandOverService _handOvers;
    private readonly SiteRegistry _sites;
    private readonly OwnerQuotaSpace _quotaSpace;
    private readonly IHomeQuotas? _homes;

    internal OwnershipService(
        DatasetDescriber describer, FederatedDescriber federated, DatasetLister lister, Ownership ownership, NameReconciler reconciler,
        HandOverService handOvers, SiteRegistry sites, OwnerQuotaSpace quotaSpace, IHomeQuotas? homes)
    {
        (_describer, _federated, _lister, _ownership, _reconciler) = (describer, federated, lister, ownership, reconciler);
        (_handOvers, _sites, _quotaSpace, _homes) = (handOvers, sites, quotaSpace, homes);
    }

    /// <summary>Gives a dataset to another owner, or offers it if that must accept. The answer shows what the caller still sees.</summary>
    public async Task<Result<DatasetDescription>> ChangeOwnerAsync(Caller caller, DatasetId id, string owner, CancellationToken ct)
    {
        if (!AccountName.Parse(owner).TryGet(out AccountName name, out HutchError? refusal)
            || !(await _describer.AuthorizeAsync(caller, id, Operation.OwnerChange, ct)).TryGet(out Access access, out refusal)
            || !(await _federated.DescribeAsync(caller, access, ct)).TryGet(out DatasetDescription? before, out refusal)
            || !(await _ownership.TransfersAtOnceAsync(caller, id, name, ct)).TryGet(out bool atOnce, out refusal))
        {
            return refusal;
        }

        HutchError? tooMuch = await FindQuotaRefusalAsync(access.Dataset, name.Value, isExact: true, ct);
        if (atOnce && tooMuch is not null)
        {
            return tooMuch;
        }

        Result<TransferResult> transferResult = await _ownership.GiveAsync(caller, id, name, ct);
        if (!transferResult.IsOk)
        {
            return transferResult.Error;
        }

        if (transferResult.Value.Offer is { } offer)
        {
            return before with { Offer = new OfferDescription(offer, before, tooMuch) };
        }

        Result<Done> reported = await _reconciler.ReportAsync(transferResult.Value.Name, caller.Name, ct);
        if (!reported.IsOk)
        {
            return reported.Error;
        }

        Result<Access> left = await _describer.AuthorizeAsync(caller, id, Operation.DatasetView, ct);
        return left.IsOk
            ? await _federated.DescribeChangedAsync(caller, left.Value, ct)
            : before with { Name = transferResult.Value.Name, Rights = Rights.None };
    }

    /// <summary>The datasets that are offered to the caller and the groups it manages, or those of their own that they offer.</summary>
    public async Task<Result<IReadOnlyList<OfferDescription>>> ListOffersAsync(Caller caller, bool own, CancellationToken ct)
    {
        Result<IReadOnlyList<OfferDetails>> offers = await _ownership.ListAsync(caller, own, ct);
        if (!offers.IsOk)
        {
            return offers.Error;
        }

        // The receiver of an offer may see the description of the dataset, and no more before it owns it.
        Access[] shown = [.. offers.Value.Select(offer => new Access(offer.Name, Rights.None, false, Rights.None))];
        Dictionary<DatasetId, DatasetDescription> described = (await _describer.DescribeAsync(caller, shown, ct)).ToDictionary(d => d.Id);
        var found = new List<OfferDescription>(shown.Length);
        foreach ((OfferDetails offer, Access access) in offers.Value.Zip(shown))
        {
            // A dataset with its home elsewhere is shown as its home describes it, while that can be reached.
            if ((described.GetValueOrDefault(offer.Name.Dataset)
                ?? (await _federated.DescribeAsync(caller, access, ct) is { IsOk: true } there ? there.Value : null)) is { } dataset)
            {
                HutchError? hindrance = await FindQuotaRefusalAsync(offer.Name, offer.Offer.To.Name, isExact: false, ct);
                found.Add(new OfferDescription(offer, dataset, hindrance));
            }
        }

        return found;
    }

    /// <summary>Makes a dataset that is offered the caller's, or its group's.</summary>
    public async Task<Result<DatasetDescription>> AcceptAsync(Caller caller, DatasetId id, Slug? slug, CancellationToken ct)
    {
        if (!(await _ownership.FindAsync(caller, id, ct)).TryGet(out OfferDetails? offer, out HutchError? refusal)
            || (refusal = await FindQuotaRefusalAsync(offer.Name, offer.Offer.To.Name, isExact: true, ct)) is not null
            || !(await _ownership.AcceptAsync(caller, id, slug, ct)).TryGet(out NameRecord? given, out refusal)
            || !(await _reconciler.ReportAsync(given, caller.Name, ct)).TryGet(out _, out refusal))
        {
            return refusal;
        }

        // The accepted dataset is described whatever the token may see: the caller owns it now.
        return await _federated.DescribeChangedAsync(caller, new Access(given, Rights.All, true, Rights.All), ct);
    }

    /// <summary>Declines an offer, or takes it back.</summary>
    public async Task<Result<Done>> EndOfferAsync(Caller caller, DatasetId id, CancellationToken ct) =>
        await _ownership.EndAsync(caller, id, ct);

    /// <summary>Lists the first datasets that a hand-over would give, with their sizes, and their number. Changes nothing.</summary>
    public async Task<Result<(long Count, IReadOnlyList<DatasetDescription> First)>> PlanHandOverAsync(
        Caller caller, string from, string to, CancellationToken ct)
    {
        if (!(await _handOvers.PlanAsync(caller, from, to, ct)).TryGet(out HandOverPlan? plan, out HutchError? refusal))
        {
            return refusal;
        }

        DatasetId[] first = [.. plan.Datasets.Take(AccountLimits.MaxPage).Select(static name => name.Dataset)];
        return (plan.Datasets.Count, await _lister.DescribeVisibleAsync(caller, first, ct));
    }

    /// <summary>
    /// Gives everything of an account to a user or a group (<see cref="HandOverService.HandOverAsync"/>), and reports the new names to the
    /// site. Reports that a crash left unsent are sent after the next start. Nothing is given unless the quotas of the heir have space for
    /// all of it, at each site that is the home of some.
    /// </summary>
    public async Task<Result<HandOverOutcome>> HandOverAsync(Caller caller, string from, string to, CancellationToken ct)
    {
        if (!(await _handOvers.PlanAsync(caller, from, to, ct)).TryGet(out HandOverPlan? plan, out HutchError? refusal))
        {
            return refusal;
        }

        foreach (IGrouping<string, NameRecord> home in plan.Datasets.GroupBy(static name => name.Home.SiteId))
        {
            if (await FindQuotaRefusalAsync([.. home], plan.Heir, isExact: true, ct) is { } tooMuch)
            {
                return tooMuch;
            }
        }

        Result<HandOverOutcome> done = await _handOvers.HandOverAsync(caller, from, to, ct);
        foreach (NameRecord name in done.IsOk ? done.Value.Datasets : [])
        {
            Result<Done> reported = await _reconciler.ReportAsync(name, caller.Name, CancellationToken.None);
            if (!reported.IsOk && reported.Error.Code.Status >= 500)
            {
                return reported.Error;
            }
        }

        return done;
    }

    private Task<HutchError?> FindQuotaRefusalAsync(NameRecord dataset, string owner, bool isExact, CancellationToken ct) =>
        FindQuotaRefusalAsync([dataset], owner, isExact, ct);

    /// <summary>
    /// Returns the reason that the future owner's quotas have no space for datasets of one home together, or that the home cannot say; null
    /// when there is space.
    /// </summary>
    private Task<HutchError?> FindQuotaRefusalAsync(
        IReadOnlyList<NameRecord> datasets, string owner, bool isExact, CancellationToken ct) =>
        _homes is null || datasets[0].Home.SiteId == _sites.OwnId
            ? _quotaSpace.FindRefusalAsync([.. datasets.Select(static name => name.Dataset)], owner, isExact, ct)
            : _homes.FindRefusalAsync(datasets, owner, isExact, ct);
}

/// <param name="Hindrance">The reason that it could not be accepted now: the receiver's quota. Null when it could.</param>
public sealed record OfferDescription(OfferDetails Details, DatasetDescription Dataset, HutchError? Hindrance);
