using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Write.Committing;
using Hutch.Storage;

namespace Hutch.Site.Write.Heads;

/// <summary>The lane in which what is written into a dataset now belongs.</summary>
/// <remarks>
/// Thread-safe. Where a rule keeps each file for some days, the end of the whole dataset moves on with the first write of each day, so that
/// what is put today goes with today's lane and never earlier.
/// </remarks>
public sealed class DatasetLanes(Committer committer, HeadCache heads, TimeProvider time)
{
    /// <summary>
    /// A server whose clock is fast by no more than this sends nothing to a lane that ends while another server makes the dataset last.
    /// </summary>
    private static readonly TimeSpan MaxClockError = TimeSpan.FromHours(1);

    /// <summary>
    /// Whether a file lasts as long as its dataset, even where that is temporary. The header is the oldest of a series, and would be the
    /// first to make room; without it nobody can read the frames that are left.
    /// </summary>
    public static bool IsLasting(DatasetPath path) => FrameName.IsOfHeader(path.Value);

    /// <summary>The lane of a file, or why it cannot be written.</summary>
    public async ValueTask<Result<Lane>> ForWritingAsync(DatasetId id, DatasetPath path, CancellationToken ct)
    {
        Result<Lane> lane = await ForWritingAsync(id, ct);
        return IsLasting(path) ? lane.Then<Lane>(static _ => Lane.Main) : lane;
    }

    /// <summary>The lane of what a push brings, or why nothing can be written. Copies of other sites' datasets always last.</summary>
    public async ValueTask<Result<Lane>> ForWritingAsync(SiteSession session, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.IsCopy ? Lane.Main : await ForWritingAsync(session.Dataset, ct);
    }

    /// <summary>The lane of bytes whose path is not known yet, or why nothing can be written.</summary>
    public async ValueTask<Result<Lane>> ForWritingAsync(DatasetId id, CancellationToken ct)
    {
        SiteDataset? dataset = await heads.DatasetAsync(id, ct);
        return dataset is null
            ? ErrorCode.NotFound.With($"There is no dataset {id} at this site.")
            : await ForWritingAsync(dataset, ct);
    }

    /// <summary>The same for a dataset that was just read.</summary>
    public async ValueTask<Result<Lane>> ForWritingAsync(SiteDataset dataset, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        Result<SiteDataset> writable = DatasetState.RequireWritable(dataset);
        if (!writable.IsOk)
        {
            return writable.Error;
        }

        if (IsLasting(dataset, (time.GetUtcNow() - MaxClockError).ToUnixTimeMilliseconds()))
        {
            return Lane.Main;
        }

        if (dataset.TransientDays is not int days || dataset.Expires >= EndOf(time.GetUtcNow().ToUnixTimeMilliseconds(), days))
        {
            return DatasetLane.Of(dataset);
        }

        return await committer.CommitAsync(
            context => context.WritableDataset(dataset.Id).Then(current =>
            {
                long end = EndOf(context.Now, days);
                if (current.TransientDays is not null && current.Expires < end)
                {
                    context.Emit(new JournalRecord.DatasetExpirySet(dataset.Id, end, days, "hutch"));
                }

                return context.Dataset(dataset.Id).Then<Lane>(moved => DatasetLane.Of(moved));
            }),
            [],
            ct);
    }

    /// <summary>Whether what is written into a dataset must last, as it lasts or is being made to.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="now">The time of the log, milliseconds since 1970.</param>
    internal static bool IsLasting(SiteDataset dataset, long now) => dataset.Expires is null || dataset.BeingKept?.Until > now;

    /// <summary>
    /// When what is put at a time and kept for some days has ended: a moment of the last day, which the lane keeps to its end.
    /// </summary>
    internal static long EndOf(long now, int days)
    {
        DateTimeOffset last = DateTimeOffset.FromUnixTimeMilliseconds(now).AddDays(days);
        return DatasetLane.EndOf(Lane.Until(DateOnly.FromDateTime(last.UtcDateTime)))!.Value - 1;
    }
}
