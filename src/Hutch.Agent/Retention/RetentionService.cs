namespace Hutch.Agent.Retention;

/// <summary>The owners' choices about the retention of their files at the facility. The caller has checked rights.</summary>
public sealed class RetentionService(
    IPublishedFolders folders, RetentionStore store, RetentionRunner runner, TimeProvider time)
{
    // The message says what to give instead.
    private static readonly ErrorCode BadTime = ErrorCode.BadRequest with { Advice = "" };

    private static readonly HutchError Removed = ErrorCode.Gone.With("The files of this dataset are no longer at the facility.");

    /// <summary>Says how long the files of a dataset stay.</summary>
    public async Task<Result<RetentionReading>> FindAsync(DatasetId dataset, CancellationToken ct)
    {
        if (folders.Find(dataset) is not { } folder)
        {
            return NotWatched();
        }

        return (await store.FindAsync(dataset, ct)).Then<RetentionReading>(state =>
            HaveLeft(folder, state) ? Removed : Read(folder, state ?? new RetentionState()));
    }

    /// <summary>
    /// Keeps the files until a time, or for ever, within the limit of the folder's rule for owners. A new choice replaces the earlier one.
    /// </summary>
    /// <param name="until">The end; null for ever.</param>
    /// <param name="ct">Cancels; a write that has begun is finished.</param>
    public async Task<Result<RetentionReading>> ExtendAsync(DatasetId dataset, DateTimeOffset? until, string by, CancellationToken ct)
    {
        if (folders.Find(dataset) is not { } folder)
        {
            return NotWatched();
        }

        Result<RetentionState?> known = await store.FindAsync(dataset, ct);
        if ((known.IsOk ? FindRefusal(folder, known.Value, until) : known.Error) is { } refusal)
        {
            return refusal;
        }

        Result<RetentionState> updated = await store.UpdateAsync(
            dataset,
            state => state with { KeepUntil = until?.ToUniversalTime(), KeepForever = until is null, KeptBy = by },
            by,
            entry: null,
            ct);
        runner.Wake();
        return updated.Then<RetentionReading>(state => Read(folder, state));
    }

    private static bool HaveLeft(PublishedFolder folder, RetentionState? state) =>
        folder.Removal.IsRemoved || state?.Removed is not null;

    private HutchError? FindRefusal(PublishedFolder folder, RetentionState? known, DateTimeOffset? until)
    {
        if (HaveLeft(folder, known))
        {
            return Removed;
        }

        // During acquisition, its end is now at the earliest.
        DateTimeOffset now = time.GetUtcNow();
        RetentionReading reading = Read(folder with { AcquisitionEnded = folder.AcquisitionEnded ?? now }, new RetentionState());
        if (reading.End is not { } end)
        {
            return ErrorCode.Conflict.With("The files of this dataset are kept without a time limit, so there is nothing to extend.");
        }

        if (until is { } asked && (asked <= now || asked < end))
        {
            return BadTime.With(asked <= now
                ? $"{Display.Minute(asked)} is in the past: give a later time."
                : $"The files of this dataset are kept until {Display.Minute(end)} already: give a later time.");
        }

        return reading.OwnersLimit is { } limit && (until is null || until > limit)
            ? (BadTime with { Advice = "Ask the operators of the facility if that is not long enough." }).With(
                $"The files of this dataset can be kept until {Display.Minute(limit)} at the latest ('maxKeep' is {folder.Rule.MaxKeep}): "
                + "give an earlier time.")
            : null;
    }

    private RetentionReading Read(PublishedFolder folder, RetentionState state) =>
        RetentionClock.Read(folder.Rule, folder.Removal, state, folder.AcquisitionEnded, time.GetUtcNow());

    private static HutchError NotWatched() => ErrorCode.NotFound.With("The files of this dataset are in no folder that the agent watches.");
}
