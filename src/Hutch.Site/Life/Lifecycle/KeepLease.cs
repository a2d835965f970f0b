using Hutch.Site.Write.Committing;

namespace Hutch.Site.Life.Lifecycle;

/// <summary>
/// Records repeatedly, until it is disposed, that a dataset is being made permanent. When the server stops, the lease simply expires.
/// </summary>
internal sealed class KeepLease : IAsyncDisposable
{
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ProlongEvery = TimeSpan.FromSeconds(15);

    private readonly Committer _committer;
    private readonly DatasetId _dataset;
    private readonly Guid _id;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _prolonging;

    /// <summary>Extends the lease that <see cref="Begin"/> emitted, once that is committed.</summary>
    public KeepLease(Committer committer, DatasetId dataset, Guid id, TimeProvider time)
    {
        (_committer, _dataset, _id) = (committer, dataset, id);
        _prolonging = ProlongAsync(new PeriodicTimer(ProlongEvery, time));
    }

    /// <summary>Emits the begin of the lease, or returns the refusal while another caller keeps the dataset.</summary>
    public static Result<SiteDataset> Begin(CommitContext context, SiteDataset dataset, Guid id)
    {
        if (dataset.BeingKept is { } other && other.Until > context.Now)
        {
            long seconds = (other.Until - context.Now + 999) / 1000;
            return ErrorCode.Conflict.With(
                "The dataset is being kept already: wait until that is done. If the server that did it has stopped, the same can be begun "
                + $"again in {seconds} s.");
        }

        Emit(context, dataset.Id, id);
        return context.Dataset(dataset.Id);
    }

    /// <summary>Checks that the lease had no gap, in which new bytes may go to a transient lane or old ones make room.</summary>
    public static Result<SiteDataset> RequireOwned(CommitContext context, SiteDataset dataset, Guid id) =>
        dataset.BeingKept is { } keepOperation && keepOperation.Id == id && keepOperation.Until > context.Now
            ? dataset
            : ErrorCode.Unavailable.With(
                $"For {Duration.TotalSeconds:0} s the site's log could not be told that '{dataset.Owner}/{dataset.Slug}' was being kept. "
                + "Keep it again: what has been copied is not copied twice.");

    /// <summary>Stops the extension, and gives the lease up unless the dataset lasts by now.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _prolonging;
        _stop.Dispose();

        // Even if this is refused, the lease expires within a minute.
        await _committer.CommitAsync<Done>(Release, [], CancellationToken.None, mayUseReserve: true);
    }

    private static void Emit(CommitContext context, DatasetId dataset, Guid id) => context.Emit(
        new JournalRecord.DatasetBeingKept(dataset, id, context.Now + (long)Duration.TotalMilliseconds));

    private async Task ProlongAsync(PeriodicTimer timer)
    {
        using (timer)
        {
            try
            {
                while (await timer.WaitForNextTickAsync(_stop.Token))
                {
                    await _committer.CommitAsync<Done>(Prolong, [], _stop.Token);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The way this ends.
            }
        }
    }

    /// <summary>Extends the lease. One that has expired stays so: the final commit learns of the gap.</summary>
    private Result<Done> Prolong(CommitContext context)
    {
        if (context.Dataset(_dataset).TryGet(out SiteDataset? dataset, out _) && RequireOwned(context, dataset, _id).IsOk)
        {
            Emit(context, _dataset, _id);
        }

        return Done.Value;
    }

    private Result<Done> Release(CommitContext context)
    {
        if (context.Dataset(_dataset).TryGet(out SiteDataset? dataset, out _) && dataset.BeingKept?.Id == _id)
        {
            context.Emit(new JournalRecord.DatasetBeingKept(_dataset, _id, null));
        }

        return Done.Value;
    }
}
