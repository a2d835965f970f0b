using System.IO.Pipelines;
using Hutch.Catalog.Site;
using Hutch.Datasets.Replication.Sites;
using Hutch.Datasets.Versions;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Life.Quotas;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;
using Hutch.Site.Write.Pushes;
using Hutch.Site.Write.Repositories;
using Hutch.Storage;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;

namespace Hutch.Datasets.Repositories;

/// <summary>Takes in what git and git-annex bring, for callers who may change the dataset.</summary>
public sealed class RepositoryService(
    Reauthorizer lasting, Authorizer authorizer, SiteDatabase records, HeadReader heads, HeadCompactor compactor, PushSessions pushes,
    RepositoryWriter writer, BlobIntake intake, DatasetLanes lanes, OwnerQuotas quotas, WriteRouter router, TimeProvider time)
{
    private const string OtherWays = "What came by other ways than git";
    private const string WhenAsked = "What was there when git asked";

    /// <summary>How old the newest version that stays is at least when somebody who reads causes another one.</summary>
    private static readonly TimeSpan BetweenVersions = TimeSpan.FromHours(1);

    /// <summary>The dataset, when the caller may push into it and it can take a push of git.</summary>
    public async Task<Result<SiteDataset>> FindWritableAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EntryWrite, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        // git cannot be passed on to the home: what it is to send next depends on what it was told here.
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

    /// <summary>Why an owner has no room for a dataset that a push would make; null when it has.</summary>
    public ValueTask<HutchError?> CheckQuotaAsync(string owner, long bytes, long entries, CancellationToken ct) =>
        quotas.FindRefusalAsync(owner, bytes, entries, ct);

    /// <summary>Whether the caller may set tags; null when it may.</summary>
    public async Task<HutchError?> FindTagRefusalAsync(Caller caller, DatasetId id, CancellationToken ct) =>
        (await authorizer.AuthorizeAsync(caller, id, Operation.TagChange, ct)).Error;

    /// <summary>Makes a version of what came since the last one by other ways than git, so that a push of git cannot pass it by.</summary>
    public async Task<Result<Done>> FixAsync(Caller caller, PermanentVersions kept, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await FindWritableAsync(caller, kept.Id, ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        if (!await IsAheadAsync(dataset.Value, kept, ct))
        {
            return Done.Value;
        }

        Result<SiteSnapshot?> fixedNow = await compactor.CompactAsync(
            kept.Id, new CompactionRequest(SnapshotReason.Manual, caller.Name, OtherWays), ct);
        return fixedNow.IsOk ? Done.Value : fixedNow.Error;
    }

    /// <summary>
    /// Makes a version of an open head that has changed, for somebody who has an account and reads by git, which shows nothing else: one an
    /// hour at most, since it stays. What cannot have one now is shown as it is.
    /// </summary>
    /// <returns>Whether there is a new version.</returns>
    public async Task<bool> FixForReaderAsync(Caller caller, PermanentVersions kept, CancellationToken ct)
    {
        bool isRecent = kept.Main.Count > 0
            && time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(kept.Main[^1].Time) < BetweenVersions;
        if (!caller.IsUser || isRecent || !DatasetState.RequireWritable(kept.Dataset).IsOk || !IsPermanent(kept.Dataset)
            || !await IsAheadAsync(kept.Dataset, kept, ct))
        {
            return false;
        }

        return (await compactor.CompactAsync(
            kept.Id, new CompactionRequest(SnapshotReason.Manual, CompactionRequest.Automatic.By, WhenAsked), ct)).IsOk;
    }

    /// <summary>Begins to take in a push of git. The head must be the newest version that stays.</summary>
    public async Task<Result<RepositoryPush>> BeginAsync(Caller caller, PermanentVersions kept, CancellationToken ct)
    {
        long through = await records.ReadAsync(static queries => queries.AppliedSequence(), ct);
        Result<SiteDataset> dataset = await FindWritableAsync(caller, kept.Id, ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        if (await IsAheadAsync(dataset.Value, kept, ct) || dataset.Value.Repository?.Page != kept.Dataset.Repository?.Page)
        {
            return ErrorCode.Conflict.With("The dataset has changed meanwhile.");
        }

        Result<SiteSession> session = await pushes.StartAsync(kept.Id, dataset.Value.Snapshot, caller.Name, ct);
        return session.IsOk
            ? new RepositoryPush(caller, dataset.Value, through, session.Value, lasting, pushes, writer, heads, intake, lanes)
            : session.Error;
    }

    /// <summary>Whether content has come since the repository was set, of which the head may lack files.</summary>
    public ValueTask<bool> HasNewContentAsync(SiteDataset dataset, CancellationToken ct) =>
        records.ReadAsync(queries => dataset.Repository is not null && queries.HasNewKeys(dataset.Key), ct);

    /// <summary>Takes in the content of a key. What it answers is durable.</summary>
    /// <param name="caller">Who brings it.</param>
    /// <param name="id">The dataset.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="length">How many, when that is known.</param>
    /// <param name="verify">What the bytes stand for, once they are all here, or why they do not.</param>
    /// <param name="ct">Cancels; then nothing is kept.</param>
    public async Task<Result<Done>> StoreKeysAsync(
        Caller caller, DatasetId id, PipeReader content, long? length, Func<BlobHash, long, Result<IReadOnlyList<StoredKey>>> verify,
        CancellationToken ct)
    {
        Result<SiteDataset> dataset = await FindWritableAsync(caller, id, ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        if (length is long bytes && await quotas.FindRefusalAsync(id, bytes, ct) is { } tooMuch)
        {
            return tooMuch;
        }

        Result<Lane> lane = await lanes.ForWritingAsync(id, ct);
        Result<ReceivedBlob> received = lane.IsOk ? await intake.ReceiveAsync(content, length, lane.Value, ct) : lane.Error;
        if (!received.IsOk)
        {
            return received.Error;
        }

        using ReceivedBlob blob = received.Value;
        Result<IReadOnlyList<StoredKey>> keys = verify(blob.Hash, blob.Size);
        return !keys.IsOk ? keys.Error
            : await lasting.CheckAsync(caller, id, ct) is { } lost ? lost
            : await writer.StoreKeysAsync(id, keys.Value, blob, caller.Name, ct);
    }

    private static bool IsPermanent(SiteDataset dataset) => dataset is { Expires: null, TransientDays: null, BeingKept: null };

    /// <summary>Whether the head has something that no version that stays has.</summary>
    private async ValueTask<bool> IsAheadAsync(SiteDataset dataset, PermanentVersions kept, CancellationToken ct) =>
        dataset.Root.Page != (kept.Main.Count > 0 ? kept.Main[^1].Root.Page : TreeRoot.Empty.Page)
        || await records.ReadAsync(queries => queries.HasOverlay(dataset.Key), ct);
}
