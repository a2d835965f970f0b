using System.Collections.Concurrent;
using Hutch.Agent.Publishing;
using Hutch.Agent.Retention;
using Hutch.Agent.Rules;
using Hutch.Agent.Watching;
using Hutch.Datasets.Facility;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Write.Folders;
using Hutch.Zone.Authorization;
using Hutch.Zone.Grants;
using Hutch.Zone.Mail;
using Microsoft.Extensions.Logging;

namespace Hutch.Agent;

/// <summary>
/// The facility agent: looks at folders when something has changed there, several at a time but each only once, and publishes them.
/// </summary>
internal sealed partial class FacilityAgent(
    IReadOnlyList<FolderRule> rules, FolderQueue queue, FolderWatcher watcher, FolderSessions sessions, FolderPublisher publisher,
    FolderRecords records, AgentAccount account, PublishedAccess access, Mailbox mailbox, RetentionRunner retention,
    RetentionService keeping, TimeProvider time, ILogger<FacilityAgent> logger) : IFacilityFolders, IDisposable
{
    private const int LooksAtOnce = 4;

    // Timestamps: the clock of the system may be set back.
    private readonly ConcurrentDictionary<string, long> _later = new(StringComparer.Ordinal);

    public bool IsElsewhere { get; set; }

    public IReadOnlyList<FacilityFolder> Folders
    {
        get
        {
            Dictionary<string, RetentionReading> readings = [];
            foreach (RetentionStatus status in retention.Status)
            {
                readings[status.Folder.Folder] = status.Reading;
            }

            return [.. sessions.StatusesAt(time.GetUtcNow()).Select(
                folder => readings.TryGetValue(folder.Folder, out RetentionReading? reading)
                ? With(folder, reading)
                : folder)];
        }
    }

    public IReadOnlyList<FacilityParent> Parents => [.. watcher.Parents.Select(ToFacility)];

    /// <summary>The clock of how long files stay.</summary>
    internal RetentionRunner Retention => retention;

    public async Task RunAsync(CancellationToken ct)
    {
        await QueuePublishedAsync(ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        IEnumerable<Task> looks = Enumerable.Range(0, LooksAtOnce).Select(_ => Task.Run(() => ScanAsync(stop.Token), stop.Token));
        Task[] parts = [watcher.RunAsync(stop.Token), retention.RunAsync(stop.Token), QueueLaterAsync(stop.Token), .. looks];

        // When one of them fails, all begin again.
        await Task.WhenAny(parts);
        await stop.CancelAsync();
        await Task.WhenAll(parts);
    }

    public Result<Done> Rescan(string folder) => watcher.Rescan(folder);

    public int Scan()
    {
        int count = 0;
        foreach (FolderSession session in sessions.Sessions)
        {
            session.MustBeginAnew = true;
            queue.Add(session.Request with { Reasons = ScanReasons.Requested });
            count++;
        }

        return count;
    }

    public async Task<Result<string>> DraftInviteMailAsync(string folder, CancellationToken ct)
    {
        if (await records.InFolderAsync(folder, ct) is not { } dataset || RuleOf(folder) is not { } rule)
        {
            return (ErrorCode.NotFound with { Advice = "`hutch agent explain FOLDER` says what becomes of a folder." })
                .With($"{Display.Quote(folder)} is not published.");
        }

        if (!(await account.CallerAsync(ct)).TryGet(out Caller? caller, out HutchError? refusal))
        {
            return refusal;
        }

        Result<IssuedInvite> issued = await access.IssueInviteAsync(caller, rule, dataset.Id, rule.Options.Invite.Uses, ct);
        return issued.Then<string>(invite =>
        {
            string name = $"{dataset.Owner}/{dataset.Slug}";
            MailText mail = mailbox.WritePublished(dataset.Id, name, access.UrlOf(invite), invite.Invite.ExpiresAt);
            return $"{mail.Subject}\n\n{mail.Body}";
        });
    }

    public async Task<Result<FacilityRetention>> FindRetentionAsync(DatasetId dataset, CancellationToken ct) =>
        (await keeping.FindAsync(dataset, ct)).Then<FacilityRetention>(ToFacility);

    public async Task<Result<FacilityRetention>> KeepAsync(
        DatasetId dataset, DateTimeOffset? until, string by, CancellationToken ct) =>
        (await keeping.ExtendAsync(dataset, until, by, ct)).Then<FacilityRetention>(ToFacility);

    public void Dispose() => watcher.Dispose();

    /// <summary>Queues published folders, including those that no longer exist, which no round would find.</summary>
    private async Task QueuePublishedAsync(CancellationToken ct)
    {
        foreach (SiteDataset dataset in await records.ListAsync(ct))
        {
            if (RuleOf(dataset.Folder!) is { } rule)
            {
                queue.Add(new FolderScanRequest(dataset.Folder!, rule));
            }
        }
    }

    private async Task ScanAsync(CancellationToken ct)
    {
        while (true)
        {
            FolderScanRequest request = await queue.TakeAsync(ct);
            try
            {
                await ScanAsync(request, ct);
            }
            finally
            {
                queue.Done(request);
            }
        }
    }

    internal async Task ScanAsync(FolderScanRequest request, CancellationToken ct)
    {
        FolderSession session = sessions.GetOrAdd(request);
        PublishedFolder? before = session.Retained;
        PublishOutcome outcome;
        try
        {
            outcome = await publisher.PublishAsync(session, request, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever failed, no other folder is to notice: all of it again later.
            session.Remove();
            session.Status = session.Status with { State = FacilityFolderState.Attention, Problem = $"looking at it failed: {e.Message}" };
            outcome = new PublishOutcome { IsActive = true, LookAgain = FolderPublisher.Retry.DelayAfter(++session.Failures) };
            LogFailed(logger, e, Display.Name(request.Folder));
        }

        if ((before?.Dataset, before?.AcquisitionEnded, before?.Removal)
            != (session.Retained?.Dataset, session.Retained?.AcquisitionEnded, session.Retained?.Removal))
        {
            retention.Wake();
        }

        if (!outcome.IsGone)
        {
            watcher.Keep(request, outcome.IsActive, session.Result);
        }

        foreach (string folder in outcome.Concerned)
        {
            if (sessions.Find(folder) is { } other)
            {
                other.MustBeginAnew = true;
                queue.Add(other.Request);
            }
        }

        if (outcome.LookAgain is { } wait)
        {
            _later[request.Folder] = time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);
        }
    }

    private async Task QueueLaterAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            long now = time.GetTimestamp();
            foreach (KeyValuePair<string, long> due in _later.Where(one => one.Value <= now))
            {
                if (_later.TryRemove(due) && sessions.Find(due.Key) is { } session)
                {
                    queue.Add(session.Request);
                }
            }
        }
    }

    private static FacilityFolder With(FacilityFolder folder, RetentionReading reading) => folder with
    {
        KeepUntil = reading.End,
        Notices = reading.Problem is { } problem ? [.. folder.Notices, problem] : folder.Notices,
    };

    private static Result<FacilityRetention> ToFacility(RetentionReading reading) =>
        new FacilityRetention(reading.End, reading.OwnersLimit, reading.IsOver)
        {
            IsAcquiring = reading.IsAcquiring,
            IsLimited = reading.IsLimited,
        };

    private static FacilityParent ToFacility(WatchedParent parent) =>
        new(parent.Path, parent.FileSystem, parent.IsReported, parent.Notices);

    private FolderRule? RuleOf(string folder) =>
        Path.GetDirectoryName(folder) is { } parent ? rules.FirstOrDefault(rule => rule.Watch.Matches(parent)) : null;

    [LoggerMessage(EventId = 7001, Level = LogLevel.Warning, Message = "Cannot look at the folder {Folder}; tried again")]
    private static partial void LogFailed(ILogger logger, Exception e, string folder);
}
