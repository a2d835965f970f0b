using Hutch.Processing.Runs;

namespace Hutch.Processing.Dispatch;

/// <summary>The frames of a run's input, each once: those of a fixed version, or present and new ones until it is closed.</summary>
internal sealed class FrameFeed(
    RunInputs inputs, IMessageBus bus, ActiveRun run, FrameSet known,
    Func<FrameWork, CancellationToken, ValueTask<IReadOnlyList<FrameWork>>> offer, IRunPermission permission, RecentBlobs recentBlobs,
    TimeProvider time)
{
    private static readonly TimeSpan Trust = TimeSpan.FromSeconds(5);

    private static readonly string[] Topics = ["entry.put", "snapshot.taken", "dataset.closed", "dataset.trashed", "dataset.ended"];

    private readonly DatasetId _input = run.Input.Dataset;
    private readonly bool _maySkip = RunSelection.Policy(run.Description).MaySkip;
    private DateTimeOffset _askAgain = DateTimeOffset.MinValue;

    public static string QueueOf(Guid run) => $"analysis.run.{run:N}";

    /// <summary>Hands out all frames; returns when no more will come.</summary>
    /// <exception cref="HutchException">The input can no longer be read, or not by the user that started the run.</exception>
    public async Task<RunEnd> RunAsync(CancellationToken cancellationToken)
    {
        await RequestMoreAsync(cancellationToken);
        if (run.Input.Snapshot is long number)
        {
            await OfferAllAsync(await SnapshotAsync(number, cancellationToken), cancellationToken);
            return new RunEnd(RunOutcome.Done, null, null);
        }

        return await FollowAsync(cancellationToken);
    }

    private async Task<RunEnd> FollowAsync(CancellationToken cancellationToken)
    {
        var queue = new BusQueue
        {
            Name = QueueOf(run.Id),
            Bindings = [.. Topics.Select(topic => new BusBinding(topic, _input.ToString()))],
            Prefetch = 256,
        };

        using IDisposable reader = recentBlobs.Await(_input);

        // Subscribes before it lists, so that no frame between the two is missed.
        await using IBusSubscription news = await bus.SubscribeAsync(queue, cancellationToken);
        if ((await inputs.FixAsync(_input, cancellationToken)).Value is { } present)
        {
            await OfferAllAsync(present, cancellationToken);
        }

        if ((await HeadAsync(cancellationToken)).IsClosed)
        {
            return await EndAtCloseAsync(cancellationToken);
        }

        await foreach (Delivery delivery in news.ReadAsync(cancellationToken))
        {
            if (await TakeAsync(delivery, cancellationToken) is { } end)
            {
                return end;
            }
        }

        throw new InvalidOperationException("The bus ended before it was asked to.");
    }

    private async Task<RunEnd?> TakeAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        switch (RecordJson.Read(delivery.Message.Body.Span))
        {
            case JournalRecord.EntryPut { Entry.Kind: EntryKind.File } put when FrameName.TryParse(put.Path.Value, out int number):
                await TakeAsync(new StoredFrame(number, put.Entry), delivery, cancellationToken);
                return null;
            case JournalRecord.SnapshotTaken { Reason: SnapshotReason.Push } pushed:
                await OfferAllAsync(await SnapshotAsync(pushed.Number, cancellationToken), cancellationToken);
                break;
            case JournalRecord.DatasetClosed:
                await delivery.AckAsync(cancellationToken);
                return await EndAtCloseAsync(cancellationToken);
            case JournalRecord.DatasetTrashed or JournalRecord.DatasetEnded:
                await delivery.AckAsync(cancellationToken);
                return new RunEnd(RunOutcome.Cancelled, "The source dataset was deleted.", null);
            default:
                break;
        }

        await delivery.AckAsync(cancellationToken);
        return null;
    }

    /// <summary>The closing snapshot has every frame, however it came; it also fixes the version that was read.</summary>
    private async Task<RunEnd> EndAtCloseAsync(CancellationToken cancellationToken)
    {
        TreeView closed = await HeadAsync(cancellationToken);
        await OfferAllAsync(closed, cancellationToken);
        VersionReference[] inputs = [new VersionReference(_input, closed.Number, closed.Root.Page)];
        return new RunEnd(RunOutcome.Done, null, inputs);
    }

    private async Task OfferAllAsync(TreeView view, CancellationToken cancellationToken)
    {
        await foreach (StoredFrame frame in inputs.FramesAsync(view, cancellationToken))
        {
            if (known.Add(frame.Number))
            {
                await OfferAsync(new FrameWork(frame, null), cancellationToken);
            }
        }
    }

    private async Task TakeAsync(StoredFrame frame, Delivery news, CancellationToken cancellationToken)
    {
        bool isNew = known.Add(frame.Number);

        // The bus delivers a limited number of unacknowledged messages. A run that may skip frames must see further than those that wait.
        bool isAnswered = _maySkip || !isNew;
        if (isAnswered)
        {
            await news.AckAsync(cancellationToken);
        }

        if (isNew)
        {
            await OfferAsync(new FrameWork(frame, isAnswered ? null : news), cancellationToken);
        }
        else
        {
            recentBlobs.Done(frame.Entry.Hash);
        }
    }

    private async Task OfferAsync(FrameWork work, CancellationToken cancellationToken)
    {
        await RequestMoreAsync(cancellationToken);
        foreach (FrameWork skipped in await offer(work, cancellationToken))
        {
            recentBlobs.Done(skipped.Frame.Entry.Hash);
        }
    }

    private async ValueTask RequestMoreAsync(CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() < _askAgain)
        {
            return;
        }

        _ = (await permission.CheckAsync(run, cancellationToken)).Value;
        _askAgain = time.GetUtcNow() + Trust;
    }

    private async Task<TreeView> SnapshotAsync(long number, CancellationToken cancellationToken) =>
        (await inputs.ResolveAsync(_input, number, cancellationToken)).Value;

    private async Task<TreeView> HeadAsync(CancellationToken cancellationToken) =>
        (await inputs.ResolveAsync(_input, null, cancellationToken)).Value;
}

/// <summary>A frame to analyse, with the message that announced it; none for frames that were already there.</summary>
internal readonly record struct FrameWork(StoredFrame Frame, Delivery? News)
{
    /// <summary>The time at which it came to the queue, a timestamp of its board's clock.</summary>
    public long Since { get; init; }
}

/// <param name="Message">The reason, unless it is simply done.</param>
/// <param name="Inputs">The versions that it read, if its start could not name them.</param>
internal sealed record RunEnd(RunOutcome Outcome, string? Message, IReadOnlyList<VersionReference>? Inputs);
