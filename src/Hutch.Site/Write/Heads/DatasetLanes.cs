using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Heads;

/// <remarks>
/// Thread-safe. If a rule keeps each file for some days, the end of the whole dataset moves on with the first write of each day, so that a
/// file of today goes into today's lane and never into an earlier one.
/// </remarks>
public sealed class DatasetLanes(Committer committer, HeadCache heads, TimeProvider time)
{
    /// <summary>
    /// The most by which a server's clock may be fast while it sends nothing to a lane that ends while another server makes the dataset
    /// permanent.
    /// </summary>
    private static readonly TimeSpan MaxClockError = TimeSpan.FromHours(1);

    /// <summary>
    /// Returns true if a file lasts as long as its dataset, even a temporary one. The header is the oldest file of a series, and would be
    /// the first to make room; without it, the remaining frames are unreadable.
    /// </summary>
    public static bool IsPermanent(DatasetPath path) => FrameName.IsOfHeader(path.Value);

    /// <summary>Returns the lane of a file, or the reason why it cannot be written.</summary>
    public async ValueTask<Result<Lane>> ForWritingAsync(DatasetId id, DatasetPath path, CancellationToken ct)
    {
        Result<Lane> lane = await ForWritingAsync(id, ct);
        return IsPermanent(path) ? lane.Then<Lane>(static _ => Lane.Main) : lane;
    }

    /// <summary>
    /// Returns the lane for the bytes of a push, or the reason why nothing can be written. Copies of other sites' datasets always last, and
    /// so do the commits of an adopted store.
    /// </summary>
    public async ValueTask<Result<Lane>> ForWritingAsync(SiteSession session, CancellationToken ct)
    {
        return session.IsCopy || session.Author == AdoptedFolder.Source ? Lane.Main : await ForWritingAsync(session.Dataset, ct);
    }

    /// <summary>Returns the lane of bytes whose path is not known yet, or the reason why nothing can be written.</summary>
    public async ValueTask<Result<Lane>> ForWritingAsync(DatasetId id, CancellationToken ct)
    {
        SiteDataset? dataset = await heads.DatasetAsync(id, ct);
        return dataset is null
            ? ErrorCode.NotFound.With($"There is no dataset {id} at this site.")
            : await ForWritingAsync(dataset, ct);
    }

    public async ValueTask<Result<Lane>> ForWritingAsync(SiteDataset dataset, CancellationToken ct)
    {
        Result<SiteDataset> writable = DatasetState.RequireWritable(dataset);
        if (!writable.IsOk)
        {
            return writable.Error;
        }

        if (IsPermanent(dataset, (time.GetUtcNow() - MaxClockError).ToUnixTimeMilliseconds()))
        {
            return Lane.Main;
        }

        if (dataset.TransientDays is not int days || dataset.Expires >= EndOf(time.GetUtcNow().ToUnixTimeMilliseconds(), days))
        {
            return DatasetLane.For(dataset);
        }

        return await committer.CommitAsync(
            context => context.WritableDataset(dataset.Id).Then(current =>
            {
                long end = EndOf(context.Now, days);
                if (current.TransientDays is not null && current.Expires < end)
                {
                    context.Emit(new JournalRecord.DatasetExpirySet(dataset.Id, end, days, "hutch"));
                }

                return context.Dataset(dataset.Id).Then<Lane>(moved => DatasetLane.For(moved));
            }),
            [],
            ct);
    }

    /// <summary>Returns true if writes into a dataset must last, as it lasts or is being made permanent.</summary>
    /// <param name="now">The time of the log, milliseconds since 1970.</param>
    internal static bool IsPermanent(SiteDataset dataset, long now) => dataset.Expires is null || dataset.BeingKept?.Until > now;

    /// <summary>Returns the end of a write that is kept for some days: a moment of the last day, to whose end the lane keeps it.</summary>
    internal static long EndOf(long now, int days)
    {
        DateTimeOffset last = DateTimeOffset.FromUnixTimeMilliseconds(now).AddDays(days);
        return DatasetLane.EndOf(Lane.Until(DateOnly.FromDateTime(last.UtcDateTime)))!.Value - 1;
    }
}
