using System.Collections.Concurrent;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Committing;
using Hutch.Storage;

namespace Hutch.Site.Heads;

/// <summary>The lane in which what is written into a dataset now belongs.</summary>
/// <remarks>
/// Thread-safe. Where a rule keeps each file for some days, the end of the whole dataset moves on with the first write of each day, so that
/// what is put today goes with today's lane and never earlier.
/// </remarks>
public sealed class DatasetLanes(Committer committer, HeadCache heads, TimeProvider time)
{
    private readonly ConcurrentDictionary<DatasetId, byte> _beingKept = new();

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

        if (IsLasting(dataset))
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

    /// <summary>
    /// From now on, what is written into a dataset goes to the lasting lanes, as it is being made to last; until the result is disposed.
    /// Null when that is so already.
    /// </summary>
    internal IDisposable? BeginKeeping(DatasetId id) => _beingKept.TryAdd(id, 0) ? new Keeping(this, id) : null;

    /// <summary>Whether what is written into a dataset must last.</summary>
    internal bool IsLasting(SiteDataset dataset) => dataset.Expires is null || _beingKept.ContainsKey(dataset.Id);

    /// <summary>
    /// When what is put at a time and kept for some days has ended: a moment of the last day, which the lane keeps to its end.
    /// </summary>
    internal static long EndOf(long now, int days)
    {
        DateTimeOffset last = DateTimeOffset.FromUnixTimeMilliseconds(now).AddDays(days);
        return DatasetLane.EndOf(Lane.Until(DateOnly.FromDateTime(last.UtcDateTime)))!.Value - 1;
    }

    private sealed class Keeping(DatasetLanes lanes, DatasetId id) : IDisposable
    {
        public void Dispose() => lanes._beingKept.TryRemove(id, out _);
    }
}
