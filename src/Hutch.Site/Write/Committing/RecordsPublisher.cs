namespace Hutch.Site.Write.Committing;

/// <summary>
/// Makes groups of the log visible in the records. The log wins: a group that a full disk keeps out of the records waits for space, and
/// nothing else is decided until it is there, since decisions read the records.
/// </summary>
/// <param name="notify">Called with the records of each group that has become visible.</param>
/// <remarks>For the committer's single loop, except for <see cref="WaitsForSpace"/>.</remarks>
internal sealed partial class RecordsPublisher(
    SiteWriter records, CommitContext context, Action<IReadOnlyList<JournalRecord>> notify, TimeProvider time, ILogger logger)
{
    /// <summary>The time for which the answers of a group wait for space. A program that filled the disk has ended by then.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan TryEvery = TimeSpan.FromMilliseconds(250);

    private byte[]? _waiting;

    /// <summary>True while a durable group waits for space in the records; thread-safe.</summary>
    public bool WaitsForSpace => Volatile.Read(ref _waiting) is not null;

    /// <summary>The reason of the last <see cref="PublishOutcome.Failed"/>.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Makes the decided group visible, which the log has. On a full disk it waits a moment for space.</summary>
    /// <param name="stop">Ends that wait.</param>
    public async ValueTask<PublishOutcome> PublishAsync(CancellationToken stop)
    {
        try
        {
            records.Commit();
            notify(context.Emitted);
            return PublishOutcome.Visible;
        }
        catch (Exception e)
        {
            LogRecordsFailed(logger, e);
            if (context.Emitted.Count == 0)
            {
                // Bytes alone: the records have nothing of them.
                records.Rollback();
                return PublishOutcome.Visible;
            }

            Volatile.Write(ref _waiting, context.Journal.ToArray());
        }

        long begun = time.GetTimestamp();
        while (true)
        {
            PublishOutcome outcome = CatchUp();
            if (outcome != PublishOutcome.Full || stop.IsCancellationRequested || time.GetElapsedTime(begun) >= LongestWait)
            {
                return outcome;
            }

            await Task.Delay(TryEvery, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Makes the group visible that waits for space, if there is one.</summary>
    public PublishOutcome CatchUp()
    {
        if (Volatile.Read(ref _waiting) is not { } lines)
        {
            return PublishOutcome.Visible;
        }

        PublishOutcome outcome = Apply([lines], isAgain: true);
        if (outcome == PublishOutcome.Visible)
        {
            Volatile.Write(ref _waiting, null);
        }

        return outcome;
    }

    /// <summary>Applies groups of the log, in a transaction of their own. Records that are there already are left out.</summary>
    public PublishOutcome Apply(IEnumerable<ReadOnlyMemory<byte>> groups) => Apply(groups, isAgain: false);

    private PublishOutcome Apply(IEnumerable<ReadOnlyMemory<byte>> groups, bool isAgain)
    {
        var noted = new List<JournalRecord>();
        try
        {
            if (isAgain)
            {
                records.Rollback();
            }

            records.Begin();
            foreach (ReadOnlyMemory<byte> lines in groups)
            {
                SiteJournal.Apply(records, lines.Span, noted);
            }

            records.Commit();
        }
        catch (Exception e)
        {
            if (!SiteDatabase.IsFull(e))
            {
                Failure = e;
                return PublishOutcome.Failed;
            }

            records.Rollback();
            return PublishOutcome.Full;
        }

        notify(noted);
        return PublishOutcome.Visible;
    }

    [LoggerMessage(
        EventId = 3003, Level = LogLevel.Error, Message = "site.db refused a group that is durable in the journal; applying it again")]
    private static partial void LogRecordsFailed(ILogger logger, Exception exception);
}

internal enum PublishOutcome
{
    Visible,

    /// <summary>The disk is full: the group is durable, and becomes visible when there is space.</summary>
    Full,

    /// <summary>The records cannot be written until the next start, which repairs them.</summary>
    Failed,
}
