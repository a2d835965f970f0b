using Hutch.Datasets.Replication.Sites;
using Hutch.Datasets.Versions;
using Hutch.Site.Life.Quotas;

namespace Hutch.Datasets.Repositories;

/// <summary>Checks datasets for git and git-annex, and makes the versions that git can see.</summary>
public sealed class RepositoryService(
    Authorizer authorizer, SiteDatabase records, HeadReader heads, HeadCompactor compactor, OwnerQuotas quotas, WriteRouter router,
    TimeProvider time)
{
    private const string OtherWays = "What came by other ways than git";
    private const string WhenAsked = "What was there when git asked";

    /// <summary>The least age of the newest permanent version when a reader causes another one.</summary>
    private static readonly TimeSpan BetweenVersions = TimeSpan.FromHours(1);

    /// <summary>The dataset, when the caller may push into it and it can take a push of git.</summary>
    public async Task<Result<SiteDataset>> FindWritableAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EntryWrite, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        // git cannot be forwarded to the home: its next request depends on the answer from here.
        if (await router.CheckWritableAsync(caller, id, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        Result<SiteDataset> dataset = (await heads.DatasetAsync(id, ct)).Then(DatasetState.RequireWritable);
        return dataset.Then<SiteDataset>(static found => IsPermanent(found)
            ? found
            : ErrorCode.Unprocessable.With(
                $"Dataset '{found.Owner}/{found.Slug}' is temporary, and git keeps what it is given for good. "
                + "`hutch keep` makes it last."));
    }

    /// <summary>Returns the reason that an owner's quota has no space for a dataset that a push would make; null when it has.</summary>
    public ValueTask<HutchError?> CheckQuotaAsync(string owner, long bytes, long entries, CancellationToken ct) =>
        quotas.FindRefusalAsync(owner, bytes, entries, ct);

    /// <summary>Returns the refusal when the caller may not set tags; null when it may.</summary>
    public async Task<HutchError?> FindTagRefusalAsync(Caller caller, DatasetId id, CancellationToken ct) =>
        (await authorizer.AuthorizeAsync(caller, id, Operation.TagChange, ct)).Error;

    /// <summary>
    /// Makes a version of the changes that did not come by git since the last one, so that a push of git cannot bypass them.
    /// </summary>
    public async Task<Result<Done>> FixAsync(Caller caller, PermanentVersions versions, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await FindWritableAsync(caller, versions.Id, ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        if (!await IsAheadAsync(dataset.Value, versions, ct))
        {
            return Done.Value;
        }

        Result<SiteSnapshot?> fixedNow = await compactor.CompactAsync(
            versions.Id, new CompactionRequest(SnapshotReason.Manual, caller.Name, OtherWays), ct);
        return fixedNow.IsOk ? Done.Value : fixedNow.Error;
    }

    /// <summary>
    /// Makes a version of an open head that has changed, for a reader with an account that uses git, which shows only versions. At most one
    /// an hour, since it stays. A head that cannot have one now is shown in its last version.
    /// </summary>
    public async Task<bool> FixForReaderAsync(Caller caller, PermanentVersions versions, CancellationToken ct)
    {
        bool isRecent = versions.Main.Count > 0
            && time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(versions.Main[^1].Time) < BetweenVersions;
        if (!caller.IsUser || isRecent || !DatasetState.RequireWritable(versions.Dataset).IsOk || !IsPermanent(versions.Dataset)
            || !await IsAheadAsync(versions.Dataset, versions, ct))
        {
            return false;
        }

        return (await compactor.CompactAsync(
            versions.Id, new CompactionRequest(SnapshotReason.Manual, CompactionRequest.Automatic.By, WhenAsked), ct)).IsOk;
    }

    /// <summary>Returns true if content has come since the repository was set, so that the head may lack files of it.</summary>
    public ValueTask<bool> HasNewContentAsync(SiteDataset dataset, CancellationToken ct) =>
        records.ReadAsync(queries => dataset.Repository is not null && queries.HasNewKeys(dataset.Key), ct);

    private static bool IsPermanent(SiteDataset dataset) => dataset is { Expires: null, TransientDays: null, BeingKept: null };

    internal async ValueTask<bool> IsAheadAsync(SiteDataset dataset, PermanentVersions versions, CancellationToken ct) =>
        dataset.Root.Page != (versions.Main.Count > 0 ? versions.Main[^1].Root.Page : TreeRoot.Empty.Page)
        || await records.ReadAsync(queries => queries.HasOverlay(dataset.Key), ct);
}
