using System.Buffers;
using Hutch.Model.Histories;
using Hutch.Site.Replication.Copies;
using Hutch.Site.Replication.Losses;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Replication.Homes;

/// <summary>
/// Gives up being the home of datasets, and takes it over. Both are records of this site, which are durable before any other site learns of
/// them. So no two sites accept writes in one epoch, whatever is lost in between. See docs/design/federation.md (homes).
/// </summary>
/// <remarks>Thread-safe. The zone decides the home.</remarks>
public sealed class HomeMoves(Committer committer, SiteDatabase records, CopyOffers offers, BlobIntake intake, WritePauses holds)
{
    private const int MaxAttempts = 5;

    public ValueTask<SiteDataset?> FindAsync(DatasetId id, CancellationToken ct) =>
        records.ReadConsistentAsync(queries => queries.Dataset(id), ct);

    /// <summary>Returns the datasets whose home this site was, and gave up.</summary>
    public ValueTask<IReadOnlyList<DatasetId>> ReleasedAsync(CancellationToken ct) =>
        records.ReadAsync(static queries => queries.ReleasedDatasets(), ct);

    /// <summary>Gives up being the home: no write is accepted afterwards. A repetition changes at most the next home.</summary>
    /// <param name="mayStay">True if it stays the home of datasets that cannot move; false when another site is the home already.</param>
    /// <returns>The history of everything that was accepted.</returns>
    public async Task<Result<BlobHash>> ReleaseAsync(
        DatasetId id, long epoch, BlobHash key, string to, bool mayStay, CancellationToken ct)
    {
        if (await records.ReadConsistentAsync(queries => CheckRelease(queries, id, epoch, mayStay), ct) is { } stays)
        {
            return stays;
        }

        // Most changes are compacted while writers continue, so that writers then wait for moments only.
        if (!(await offers.OfferAllAsync(id, ct)).TryGet(out History? history, out HutchError? refusal))
        {
            return refusal;
        }

        using IDisposable held = await holds.PauseAsync(id, ct);
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (!(await offers.OfferAllAsync(id, ct)).TryGet(out history, out refusal))
            {
                return refusal;
            }

            var body = PipeReader.Create(new ReadOnlySequence<byte>(history.Bytes));
            Result<ReceivedBlob> received = await intake.ReceiveAsync(body, history.Bytes.Length, Lane.Main, ct);
            if (!received.IsOk)
            {
                return received.Error;
            }

            using ReceivedBlob blob = received.Value;
            Result<BlobHash?> released = await committer.CommitAsync(
                context => Release(context, history, blob, new JournalRecord.HomeReleased(id, key, epoch, history.Hash, to), mayStay),
                blob.Members, ct);
            if (!released.IsOk || released.Value is not null)
            {
                return released.IsOk ? released.Value!.Value : released.Error;
            }
        }

        return ErrorCode.Unavailable.With("The dataset changes so often that no state of it could be held. The move continues later.");
    }

    /// <summary>Returns the reason why this site stays the home, whichever site is next; null when it can give up.</summary>
    public ValueTask<HutchError?> CheckMovableAsync(DatasetId id, long epoch, CancellationToken ct) =>
        records.ReadConsistentAsync(queries => CheckRelease(queries, id, epoch, mayStay: true), ct);

    /// <summary>Takes over: this site has everything that the previous home had accepted.</summary>
    /// <param name="from">The history with which the previous home has given up.</param>
    public Task<Result<Done>> TakeOverAsync(DatasetId id, long epoch, BlobHash from, CancellationToken ct) => committer.CommitAsync<Done>(
        context =>
        {
            Result<SiteDataset> found = context.Dataset(id);
            if (!found.IsOk || found.Value.Copy is not { } copy || copy.Epoch >= epoch)
            {
                // It was taken before, or a later epoch was seen here.
                return found.IsOk ? Done.Value : found.Error;
            }

            if (copy.History != from)
            {
                return ErrorCode.Conflict.With($"This site is to be the home of dataset {id}, and lacks what was accepted last.");
            }

            context.Emit(new JournalRecord.HomeTaken(id, epoch));
            return Done.Value;
        },
        [],
        ct);

    /// <summary>
    /// Takes over from a home that was declared lost, with this site's state. The first version of the new home skips numbers, for versions
    /// that the lost home may have given to others since.
    /// </summary>
    public Task<Result<Done>> TakeOverLostAsync(DatasetId id, long epoch, CancellationToken ct) => committer.CommitAsync<Done>(
        context =>
        {
            if (!context.Dataset(id).Then(DatasetState.RequirePresent).TryGet(out SiteDataset? copy, out HutchError? refusal))
            {
                return refusal;
            }

            if (copy.Copy is { } origin && origin.Epoch < epoch)
            {
                context.Emit(new JournalRecord.HomeTaken(id, epoch));
                foreach (SiteRun run in InProgress(context.Queries, id))
                {
                    context.Emit(new JournalRecord.RunFinished(
                        run.Id, RunOutcome.Failed, "The site that carried it out was lost, and with it what it had not sent here."));
                }

                if (copy.Closed is null)
                {
                    context.Emit(TakeoverVersion.First(copy));
                }
            }

            return Done.Value;
        },
        [],
        ct);

    /// <returns>The history with which this site has given up, now or before; null when there were later writes.</returns>
    private Result<BlobHash?> Release(
        CommitContext context, History history, ReceivedBlob blob, JournalRecord.HomeReleased record, bool mayStay)
    {
        if (!context.Dataset(record.Dataset).TryGet(out SiteDataset? dataset, out HutchError? refusal)
            || (refusal = CheckRelease(context.Queries, record.Dataset, record.Epoch, mayStay)) is not null)
        {
            return refusal;
        }

        if (dataset.Copy is not null)
        {
            // Another server of the site may have released it since, with the writes until then.
            HomeRelease before = dataset.Release!;
            if (before.To != record.To)
            {
                context.Emit(record with { History = before.History });
            }

            return before.History;
        }

        if (!offers.IsWhole(context.Queries, history))
        {
            return (BlobHash?)null;
        }

        if (blob.Assembled is { } assembled)
        {
            context.Emit(assembled);
        }

        context.Emit(record);
        return history.Hash;
    }

    private static HutchError? CheckRelease(SiteQueries queries, DatasetId id, long epoch, bool mayStay)
    {
        if (queries.Dataset(id) is not { } found)
        {
            return ErrorCode.NotFound.With($"There is no dataset {id} at this site.");
        }

        if (!DatasetState.RequirePresent(found).TryGet(out SiteDataset? dataset, out HutchError? refusal))
        {
            return refusal;
        }

        string name = $"'{dataset.Owner}/{dataset.Slug}'";
        if (dataset.Copy is { } copy && (!dataset.IsReleased || copy.Epoch != epoch))
        {
            return ErrorCode.Conflict.With($"This site is not the home of {name} in epoch {epoch}.");
        }

        if (dataset.Copy is null && dataset.HomeSince > epoch)
        {
            return ErrorCode.Conflict.With($"This site is the home of {name} in a later epoch than {epoch}.");
        }

        return mayStay ? CheckMovable(queries, dataset, name) : null;
    }

    private static HutchError? CheckMovable(SiteQueries queries, SiteDataset dataset, string name) => dataset switch
    {
        { Folder: not null } => Immovable($"The files of {name} are in a folder of the facility, and come and go only there."),
        { Eviction.Reproduction: not null } =>
            Immovable($"The bytes of {name} are evicted, and only a program at this site computes them again. Restore them first."),
        { Eviction: not null } => Immovable($"Other sites hold the bytes of {name} for this site, or are asked to. Recall it first."),
        { Expires: not null } => Immovable($"{name} is temporary, and temporary data stay where they are."),
        _ when InProgress(queries, dataset.Id).FirstOrDefault() is { } run => ErrorCode.Unavailable.With(
            $"{name} takes the results of run {run.Id:N}, which is not over. Its home moves when that has ended; "
            + $"`hutch runs stop {run.Id:N}` ends it."),
        _ when queries.HasSettings(dataset.Key) =>
            Immovable($"{name} has settings, such as lifecycle rules, which do not move to another site yet."),
        _ => null,
    };

    /// <summary>Returns the unfinished runs of workers. A run that is carried out elsewhere can report its end at any site.</summary>
    private static IEnumerable<SiteRun> InProgress(SiteQueries queries, DatasetId id) =>
        queries.RunsOfWorkersInto(id, int.MaxValue).Where(static run => run.Finished is null);

    private static HutchError Immovable(string why) => ErrorCode.Unprocessable.With(why);
}
