using Hutch.Datasets.Programs;
using Hutch.Datasets.Registry;
using Hutch.Datasets.Replication.Sites;
using Hutch.Model.Publications;
using Hutch.Publishing.Checks;
using Hutch.Site.Replication.Evicting;
using Hutch.Zone.Publishing;

namespace Hutch.Datasets.Publishing;

/// <summary>Describes, publishes and withdraws datasets with the caller's rights. The zone has publications.</summary>
public sealed class PublicationService
{
    private readonly Publications _publications;
    private readonly ReadRouter _router;
    private readonly Evictions _evictions;
    private readonly ResultRestorer _restorer;
    private readonly ISiteNetwork? _network;
    private readonly TimeProvider _time;

    internal PublicationService(
        Publications publications, ReadRouter router, Evictions evictions, ResultRestorer restorer, ISiteNetwork? network,
        TimeProvider time)
    {
        (_publications, _router, _evictions, _restorer) = (publications, router, evictions, restorer);
        (_network, _time) = (network, time);
    }

    /// <inheritdoc cref="Publications.FindAsync"/>
    public async Task<Result<PublicationRecord?>> FindAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        await _publications.FindAsync(caller, dataset, ct);

    /// <inheritdoc cref="Publications.RevisionsAsync"/>
    public async Task<Result<Batch<PublicationRevision>>> RevisionsAsync(
        Caller caller, DatasetId dataset, long before, int limit, CancellationToken ct)
    {
        if (!(await _publications.RevisionsAsync(caller, dataset, before, limit, ct)).TryGet(
            out IReadOnlyList<PublicationRevision>? some, out HutchError? refusal))
        {
            return refusal;
        }

        long? last = some.Count == limit && some[^1].Revision > 1 ? some[^1].Revision : null;
        return new Batch<PublicationRevision>(some, last?.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    public async Task<Result<PublicationRecord>> DescribeAsync(
        Caller caller, DatasetId dataset, PublicationDescription description, long? expected, CancellationToken ct)
    {
        if (!PublicationText.Tidy(description).TryGet(out PublicationDescription? tidy, out HutchError? refusal))
        {
            return refusal;
        }

        return await _publications.DescribeAsync(caller, dataset, tidy, IsComplete(tidy), expected, ct);
    }

    /// <summary>Publishes the dataset with its description: only a closed dataset that lasts.</summary>
    /// <param name="newVersionOf">The published dataset that it is a new version of; null for a new work.</param>
    /// <param name="doi">True for a DOI; null for one where this server gives DOIs.</param>
    public async Task<Result<PublicationRecord>> PublishAsync(
        Caller caller, DatasetId dataset, PublicationAccess access, DatasetId? newVersionOf, bool? doi, CancellationToken ct)
    {
        if (!(await DescribedAsync(caller, dataset, ct)).TryGet(out DatasetDescription? described, out HutchError? refusal)
            || !(await _publications.FindAsync(caller, dataset, ct)).TryGet(out PublicationRecord? draft, out refusal))
        {
            return refusal;
        }

        if ((CheckPublishable(described) ?? CheckPublishable(draft) ?? CheckPublishable(access)) is { } reason)
        {
            return reason;
        }

        SiteDataset record = described.Record;
        var data = new PublishedData(record.Snapshot ?? 0, record.Root.Page, record.Root.Files, record.Root.Bytes);
        Result<PublicationRecord> published = await _publications.PublishAsync(
            caller, dataset, new PublicationRequest(draft!.Revision, data, access.Visibility, newVersionOf, doi), ct);
        if (published.IsOk)
        {
            await KeepBytesAsync(dataset, ct);
        }

        return published;
    }

    /// <summary>
    /// Ends an eviction that began while the dataset was published. One that was only proposed is given up; after the decision, the bytes
    /// are here until the next collection has ended, so that they are found here.
    /// </summary>
    private async Task KeepBytesAsync(DatasetId dataset, CancellationToken ct)
    {
        if (await _evictions.FindAsync(dataset, ct) is { Eviction: { Reproduction: { } proved } eviction })
        {
            await _evictions.WithdrawAsync(dataset, eviction.Nonce, ct);
            await _restorer.RestoreAsync(dataset, proved.Run, ct);
        }
    }

    /// <inheritdoc cref="Publications.WithdrawAsync"/>
    public async Task<Result<PublicationRecord>> WithdrawAsync(Caller caller, DatasetId dataset, string why, CancellationToken ct) =>
        await _publications.WithdrawAsync(caller, dataset, why, ct);

    /// <inheritdoc cref="Publications.GiveDoiAsync"/>
    public async Task<Result<PublicationRecord>> GiveDoiAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        await _publications.GiveDoiAsync(caller, dataset, ct);

    /// <inheritdoc cref="Publications.GivesDois"/>
    public bool GivesDois => _publications.GivesDois;

    /// <summary>Finds a publication, for the public; a draft is not found.</summary>
    public async Task<Result<PublicationStatus>> FindPublishedAsync(DatasetId dataset, CancellationToken ct) =>
        CheckAtZone() is { } refusal ? refusal
        : await _publications.FindPublishedAsync(dataset, ct) is { } found ? found
        : ErrorCode.NotFound.With($"There is no published dataset {dataset}.");

    /// <summary>Returns true if a dataset is published and not withdrawn; false at a site whose zone is another server.</summary>
    public async Task<bool> IsPublishedAsync(DatasetId dataset, CancellationToken ct) =>
        CheckAtZone() is null && await _publications.IsPublishedAsync(dataset, ct);

    /// <inheritdoc cref="Publications.ChangedAsync"/>
    public async Task<Result<IReadOnlyList<PublicationStatus>>> ChangedAsync(
        (long From, long Before) span, (long Ms, DatasetId Dataset)? after, int limit, CancellationToken ct) =>
        CheckAtZone() is { } refusal
            ? refusal
            : Result<IReadOnlyList<PublicationStatus>>.Ok(await _publications.ChangedAsync(span, after, limit, ct));

    /// <inheritdoc cref="Publications.NewestAsync"/>
    public async Task<Result<IReadOnlyList<PublicationStatus>>> NewestAsync(
        (long Ms, DatasetId Dataset)? after, int limit, CancellationToken ct) =>
        CheckAtZone() is { } refusal
            ? refusal
            : Result<IReadOnlyList<PublicationStatus>>.Ok(await _publications.NewestAsync(after, limit, ct));

    /// <inheritdoc cref="Publications.CountAsync"/>
    public async Task<Result<long>> CountAsync(CancellationToken ct) =>
        CheckAtZone() is { } refusal ? refusal : await _publications.CountAsync(ct);

    /// <inheritdoc cref="Publications.ChangesAsync"/>
    public async Task<Result<IReadOnlyList<(DatasetId Dataset, DateTimeOffset ChangedAt)>>> ChangesAsync(
        long skip, int limit, CancellationToken ct) =>
        CheckAtZone() is { } refusal
            ? refusal
            : Result<IReadOnlyList<(DatasetId, DateTimeOffset)>>.Ok(await _publications.ChangesAsync(skip, limit, ct));

    /// <inheritdoc cref="Publications.FirstChangeAsync"/>
    public ValueTask<DateTimeOffset?> FirstChangeAsync(CancellationToken ct) => _publications.FirstChangeAsync(ct);

    /// <summary>The dataset as its home or this site's copy describes it.</summary>
    private async Task<Result<DatasetDescription>> DescribedAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        Result<ReadRoute> route = await _router.FindAsync(caller, dataset, null, ct);
        return route.IsOk
            ? await route.Value.Reader.Describer.DescribeAsync(caller, dataset, Operation.PublicationPublish, ct)
            : route.Error;
    }

    private static bool IsComplete(PublicationDescription description) => !Checklist.Check(description).Any(static one => one.IsRequired);

    private static HutchError? CheckPublishable(DatasetDescription described)
    {
        if (!described.IsPresent)
        {
            return DatasetState.RequireNotGone(described.Record).Error
                ?? ErrorCode.InTrash.With($"The dataset {described.Name.FullName} is in the trash.");
        }

        if (described.Record.Closed is null)
        {
            return ErrorCode.DatasetOpen.With(
                $"The dataset {described.Name.FullName} is open: only closed datasets, which never change, are published.");
        }

        if (described.Record.Expires is not null)
        {
            return (ErrorCode.Unprocessable with { Advice = "Make it last with `hutch keep`." }).With(
                $"The dataset {described.Name.FullName} is temporary: its bytes would end.");
        }

        if (described.Record is { Eviction.Reproduction: not null } away && RelianceRule.FindEvicted(away, null) is { } evicted)
        {
            return evicted;
        }

        if (described.Record.Root.IsEmpty)
        {
            return ErrorCode.Unprocessable.With($"The dataset {described.Name.FullName} is empty.");
        }

        return null;
    }

    private static HutchError? CheckPublishable(PublicationRecord? draft)
    {
        string[] missing =
        [
            .. draft is null ? ["Describe the dataset first."]
                : Checklist.Check(draft.Description).Where(static one => one.IsRequired).Select(static one => one.Problem),
        ];
        return missing.Length == 0 ? null
            : (ErrorCode.Unprocessable with { Advice = "Complete the description; its checklist says what is missing." }).With(
                "The dataset cannot be published yet. " + string.Join(' ', missing.Take(10)));
    }

    private HutchError? CheckPublishable(PublicationAccess access) => access.Visibility?.From <= _time.GetUtcNow()
        ? ErrorCode.BadRequest.With("The embargo would have ended already: give a time in the future, or none.")
        : null;

    // Public pages, lists and archives need no account, and come without the router's refusal.
    /// <summary>Returns the refusal of a site whose zone is another server: publications are there.</summary>
    public HutchError? CheckAtZone() => _network?.Zone is { } zone
        ? (ErrorCode.Unprocessable with { Advice = "Ask there." }).With(
            $"This server is a site, and datasets are published at its zone, {zone.Joined.Address}.")
        : null;
}

/// <param name="Visibility">The visibility to set; null to leave it unchanged.</param>
public sealed record PublicationAccess(Visibility? Visibility);
