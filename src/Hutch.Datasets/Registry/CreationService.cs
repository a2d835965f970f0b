using Hutch.Zone.Names;

namespace Hutch.Datasets.Registry;

/// <summary>Makes datasets, new or derived from others, after a check of the caller's rights.</summary>
public sealed class CreationService
{
    private const string DefaultType = "generic";
    private const int MaxParents = 1000;

    private readonly DatasetDescriber _describer;
    private readonly ParentFinder _parents;
    private readonly DatasetNames _names;
    private readonly NameReconciler _reconciler;
    private readonly DatasetLifecycle _lifecycle;
    private readonly HeadCompactor _compactor;
    private readonly RunRegistry _runs;

    internal CreationService(
        DatasetDescriber describer, ParentFinder parents, DatasetNames names, NameReconciler reconciler,
        DatasetLifecycle lifecycle, HeadCompactor compactor, RunRegistry runs)
    {
        (_describer, _parents, _names, _reconciler, _lifecycle) = (describer, parents, names, reconciler, lifecycle);
        (_compactor, _runs) = (compactor, runs);
    }

    /// <summary>
    /// Makes a dataset, or derives one when it names parents. The name is reserved first, so that two datasets never get the same. A name
    /// that a crash left without a dataset is freed by the next request for it, or at the next start.
    /// </summary>
    public async Task<Result<DatasetDescription>> CreateAsync(Caller caller, RequestedDataset wanted, CancellationToken ct)
    {
        if (!DatasetTexts.Check(wanted.Title, wanted.Type).TryGet(out _, out HutchError? refusal)
            || !CheckShape(wanted).TryGet(out _, out refusal)
            || !(await _parents.FindAsync(caller, wanted.Parents, ct)).TryGet(out IReadOnlyList<ParentVersion>? parents, out refusal))
        {
            return refusal;
        }

        DatasetId id = wanted.Id ?? new DatasetId(_runs.NewId());
        using IDisposable making = _reconciler.Begin(id);
        AccountName? owner = wanted.Owner
            ?? await _reconciler.FindResultOwnerAsync(caller, parents.Select(static parent => parent.Dataset), ct);
        Result<NameRecord> reserved = await _reconciler.ReserveAsync(caller, id, wanted.Id is null, owner, wanted.Slug, ct);
        if (!reserved.IsOk)
        {
            return reserved.Error;
        }

        var dataset = new NewDataset
        {
            Id = id,
            Owner = reserved.Value.Owner.Name,
            Slug = reserved.Value.Slug,
            Title = wanted.Title,
            Type = wanted.Type ?? DefaultType,
            By = caller.Name,
            Parents = parents,
            Copy = wanted.Copy,
            Following = wanted.Following,
            TransientDays = wanted.TransientDays ?? await _reconciler.FindKeepDaysAsync(reserved.Value.Owner, ct),
            Folder = wanted.Folder,
            Settings = wanted.Settings,
        };
        return await MakeAsync(caller, dataset, reserved.Value, ct);
    }

    /// <summary>
    /// Returns the reason that the caller may not create datasets for an owner, before there is anything to create; null when it may.
    /// </summary>
    public async ValueTask<HutchError?> FindRefusalAsync(Caller caller, AccountName? owner, CancellationToken ct) =>
        (await _names.AuthorizeCreationAsync(caller, owner, ct)).Error;

    private async Task<Result<DatasetDescription>> MakeAsync(Caller caller, NewDataset dataset, NameRecord name, CancellationToken ct)
    {
        Result<SiteDataset> made = await _lifecycle.CreateAsync(dataset, ct);
        if (!made.IsOk)
        {
            if (made.Error.Code != ErrorCode.OutcomeUnknown)
            {
                await _reconciler.ReleaseAsync(caller, dataset.Id, "the dataset could not be created", CancellationToken.None);
            }

            return made.Error;
        }

        // The name of a dataset that was there before is its own: it is not released.
        if (RequireSame(made.Value, dataset) is { IsOk: false } other)
        {
            return other.Error;
        }

        if (dataset.Copy)
        {
            // A copy begins with a snapshot, so that it can be cloned and pushed to like any other version.
            Result<SiteSnapshot?> first = await _compactor.CompactAsync(
                dataset.Id, new CompactionRequest(SnapshotReason.Manual, caller.Name, "Copied from its parent"), ct);
            if (!first.IsOk)
            {
                return first.Error;
            }
        }

        // Described whatever the token may see. The maker owns the dataset, manages the group that does, or got the right to fill it.
        bool own = name.Owner.Id == caller.UserId || caller.Manages(name.Owner.Id);
        Rights rights = own ? Rights.All : Rights.Write.WithImplied();
        return await _describer.DescribeAsync(caller, new Access(name, rights, own, rights), ct);
    }

    /// <summary>An id stays that of one dataset, also when that has ended.</summary>
    private static Result<SiteDataset> RequireSame(SiteDataset found, NewDataset wanted) =>
        found.EndedWay is null && found.Owner == wanted.Owner && found.Slug == wanted.Slug
            ? found
            : ErrorCode.AlreadyExists.With($"The dataset id {wanted.Id} is in use; take a new one.");

    private static Result<Done> CheckShape(RequestedDataset wanted)
    {
        int parents = wanted.Parents.Count;
        if (parents > MaxParents)
        {
            return ErrorCode.BadRequest.With($"{parents} parents are too many; the limit is {MaxParents}.");
        }

        if (wanted.Copy && parents != 1)
        {
            return ErrorCode.BadRequest.With("Entries can be copied from exactly one parent. Give one parent, or do not copy.");
        }

        if (wanted.Following && parents == 0)
        {
            return ErrorCode.BadRequest.With("A following dataset needs a parent.");
        }

        if (wanted.TransientDays is <= 0 or > 36_500)
        {
            return ErrorCode.BadRequest.With($"'transientDays' is {wanted.TransientDays}; it must be 1 to 36500.");
        }

        return Done.Value;
    }
}
