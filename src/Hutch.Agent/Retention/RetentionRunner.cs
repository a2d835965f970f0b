using Hutch.Agent.Retention.Eviction;
using Hutch.Agent.Writing;
using Hutch.Disk;
using Hutch.Site.Life.Maintenance;
using Hutch.Zone.Grants;

namespace Hutch.Agent.Retention;

/// <summary>
/// Checks the retention of each published folder every hour, reminds people in time and notifies them of the end. Has the files removed if
/// the folder's rule says so and other sites hold them.
/// </summary>
/// <remarks>
/// People receive each notice once: the zone records it when it is sent, before it is remembered here, so that a stop in between repeats
/// nothing. If the time of a dataset is over when it is seen for the first time, that is only shown: the first run over a thousand old
/// folders sends no thousand mails.
/// </remarks>
public sealed partial class RetentionRunner(
    IPublishedFolders folders, RetentionStore store, EvictionJudge judge, DatasetNotices notices, TimeProvider time,
    ILogger<RetentionRunner> logger)
{
    internal const string By = "agent";
    private const int NamedFolders = 3;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromHours(1);

    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromSeconds(5);

    private readonly WakeSignal _wake = new();
    private IReadOnlyList<RetentionStatus> _status = [];

    /// <summary>At a site of a zone, has the zone send a notice; null, or an answer of null, where this server sends it itself.</summary>
    public Func<FolderRequest, CancellationToken, Task<int?>>? AtZone { get; init; }

    /// <summary>The state of each folder at its last check.</summary>
    public IReadOnlyList<RetentionStatus> Status => Volatile.Read(ref _status);

    /// <summary>Starts the next check now, after a publication or a change of an owner's wish.</summary>
    public void Wake() => _wake.Wake();

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await CheckAllAsync(ct);
            long looked = time.GetTimestamp();
            TimeSpan rest = BetweenLooks;
            while (rest > TimeSpan.Zero && !await _wake.WaitAsync(IsWaiting && rest > BetweenQuestions ? BetweenQuestions : rest, time, ct))
            {
                Volatile.Write(ref _status, await CheckAgainAsync(ct));
                rest = BetweenLooks - time.GetElapsedTime(looked);
            }
        }
    }

    private bool IsWaiting => Status.Any(static status => status.Decision?.IsWaiting == true);

    /// <summary>Checks again only the folders with open requests to other sites, without a scan of their files.</summary>
    private async Task<IReadOnlyList<RetentionStatus>> CheckAgainAsync(CancellationToken ct)
    {
        var status = new List<RetentionStatus>();
        foreach (RetentionStatus before in Status)
        {
            status.Add(before.Decision?.IsWaiting == true && folders.Find(before.Folder.Dataset) is { } folder
                ? await TryCheckAsync(folder, ct) ?? before
                : before);
        }

        return status;
    }

    /// <summary>Looks at every folder once.</summary>
    public async Task CheckAllAsync(CancellationToken ct)
    {
        var status = new List<RetentionStatus>();
        foreach (PublishedFolder folder in folders.All())
        {
            if (await TryCheckAsync(folder, ct) is { } looked)
            {
                status.Add(looked);
            }
        }

        Volatile.Write(ref _status, status);
    }

    /// <summary>A warning that an operator should act on; null for none.</summary>
    public SiteWarning? Warning()
    {
        RetentionStatus[] over = [.. Status.Where(status => status.Reading.IsOver)];
        string count = over.Length == 1 ? "1 folder" : string.Create(CultureInfo.InvariantCulture, $"{over.Length} folders");
        string named = string.Join(", ", over.Take(NamedFolders).Select(status => Display.Quote(status.Folder.Folder)));
        return over.Length == 0
            ? null
            : new SiteWarning(
                "retention-over",
                $"The retention time of {count} is over: {named}{(over.Length > NamedFolders ? ", …" : "")}. {over[0].Decision?.Reason}",
                "Remove what is no longer needed, or write 'RemovingTime: never' into the block of what should stay.")
            {
                IsConfidential = true,
            };
    }

    private async Task<RetentionStatus?> TryCheckAsync(PublishedFolder folder, CancellationToken ct)
    {
        try
        {
            return await CheckAllAsync(folder, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogFailed(logger, folder.Folder, folder.Dataset, e);
            return null;
        }
    }

    private async Task<RetentionStatus> CheckAllAsync(PublishedFolder folder, CancellationToken ct)
    {
        RetentionState? known = (await store.FindAsync(folder.Dataset, ct)).Value;
        RetentionState state = known ?? new RetentionState();
        RetentionReading reading = RetentionClock.Read(folder.Rule, folder.Removal, state, folder.AcquisitionEnded, time.GetUtcNow());
        EvictionDecision? decision = null;
        if (reading.IsOver)
        {
            decision = await judge.DecideAsync(folder, ct);
        }
        else
        {
            await judge.KeepAsync(folder, ct);
        }

        if (known is null)
        {
            state = await RememberAsync(folder, state => state with { EndTold = reading.IsOver ? reading.End : state.EndTold }, null, ct);
        }
        else if (reading.MustTellEnd)
        {
            state = await NotifyEndAsync(folder, reading.End!.Value, decision!.Reason, ct);
        }
        else if (reading.Reminder is { } reminder)
        {
            state = await RemindAsync(folder, reading.End!.Value, reminder, ct);
        }

        if (decision is { IsAllowed: true })
        {
            (state, reading) = (await RemoveAsync(folder, state, ct), new RetentionReading { Problem = reading.Problem });
        }
        else if (state.Removing is not null)
        {
            state = await RemoveFilesAsync(folder, ct);
        }

        return new RetentionStatus(folder, reading, state, decision);
    }

    /// <summary>That the files have left is remembered when none of them is there any more: a stop in between begins anew.</summary>
    private async Task<RetentionState> RemoveAsync(PublishedFolder folder, RetentionState before, CancellationToken ct)
    {
        RemovedFiles removed;
        try
        {
            removed = await folders.RemoveAsync(
                folder, () => RememberAsync(folder, state => state with { Removing = time.GetUtcNow() }, null, ct), ct);
        }
        catch (HutchException) when (before.Removing is not null)
        {
            await RemoveFilesAsync(folder, ct);
            throw;
        }

        ReportRenamed(folder, removed);
        RetentionState state = await RememberAsync(
            folder, state => state with { Removing = null, Removed = time.GetUtcNow() }, null, ct);
        folders.Announce(folder);
        LogRemoved(logger, folder.Folder, folder.Dataset, removed.Removed, removed.Left);
        return state;
    }

    /// <summary>Restores the files of an interrupted removal: it may not continue, or not now.</summary>
    private async Task<RetentionState> RemoveFilesAsync(PublishedFolder folder, CancellationToken ct)
    {
        ReportRenamed(folder, await folders.RemoveFilesAsync(folder, ct));
        return await RememberAsync(folder, state => state with { Removing = null }, null, ct);
    }

    private void ReportRenamed(PublishedFolder folder, RemovedFiles files)
    {
        foreach (string path in files.Renamed)
        {
            LogRenamed(logger, folder.Folder, folder.Dataset, path);
        }
    }

    private async Task<RetentionState> NotifyEndAsync(PublishedFolder folder, DateTimeOffset end, string outcome, CancellationToken ct)
    {
        var request = new FolderRequest(folder.Dataset, FolderAct.MailOver) { Time = end, Detail = outcome };
        await NotifyAsync(folder, DatasetNotice.RetentionEnded(end, outcome), request, ct);
        LogOver(logger, folder.Folder, folder.Dataset, end, outcome);
        return await RememberAsync(
            folder, state => state with { EndTold = end }, new JournalRecord.RetentionTold(folder.Dataset, end, null), ct);
    }

    private async Task<RetentionState> RemindAsync(PublishedFolder folder, DateTimeOffset end, DueReminder reminder, CancellationToken ct)
    {
        string before = reminder.Before.ToString();
        var request = new FolderRequest(folder.Dataset, FolderAct.MailReminder) { Time = end, Detail = before };
        int notified = await NotifyAsync(folder, DatasetNotice.RetentionReminder(end, before), request, ct);
        LogReminded(logger, folder.Folder, folder.Dataset, end, notified);
        return await RememberAsync(
            folder, state => state with { Reminded = new SentReminder(end, reminder.Due) },
            new JournalRecord.RetentionTold(folder.Dataset, end, before), ct);
    }

    private async Task<int> NotifyAsync(PublishedFolder folder, DatasetNotice notice, FolderRequest request, CancellationToken ct) =>
        AtZone is { } ask && await ask(request with { Addresses = folder.Addresses }, ct) is { } notified
            ? notified
            : (await notices.NotifyOwnerAsync(folder.Dataset, notice, folder.Addresses, ct)).Value;

    private async Task<RetentionState> RememberAsync(
        PublishedFolder folder, Func<RetentionState, RetentionState> change, JournalRecord.RetentionTold? notified, CancellationToken ct) =>
        (await store.UpdateAsync(folder.Dataset, change, By, notified, ct)).Value;
}
