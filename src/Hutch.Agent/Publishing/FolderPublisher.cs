using Hutch.Agent.Retention;
using Hutch.Agent.Survey;
using Hutch.Agent.Watching;
using Hutch.Agent.Writing;
using Hutch.Model.Zone;

namespace Hutch.Agent.Publishing;

/// <summary>
/// Scans one folder and updates its dataset: publishes the content of its metadata file, registers the files, notices the end of
/// acquisition. Each step may be repeated; steps that are already done change nothing.
/// </summary>
/// <remarks>
/// The flow from a folder to its dataset; the code repeats the numbers. Each step can be repeated:
/// <para>1. Finish the replacement of a metadata file that an earlier scan, or a crash, left.</para>
/// <para>2. An unchanged folder continues at 5.</para>
/// <para>3. <see cref="FolderSurvey"/> reads the metadata file and makes a plan; a plan's identity is claimed against duplicates.</para>
/// <para>4. <see cref="PlanPublisher"/> finds or makes the dataset, writes metadata, link and invite, and the block in the file.</para>
/// <para>5. <see cref="FolderFiles"/> registers new and changed files; they are hashed later.</para>
/// <para>6. <see cref="AcquisitionEnd"/> notices the end of acquisition, announces it by mail and records the state.</para>
/// <para>7. Retention learns of the folder.</para>
/// </remarks>
internal sealed class FolderPublisher(
    AgentAccount account, FolderSurvey survey, FolderSessions sessions, PlanPublisher plans, FolderFiles files, AcquisitionEnd end,
    PublishedAccess access, FolderRecords records, FolderTexts texts, TimeProvider time)
{
    /// <summary>Delay before the next look at a folder whose dataset has changed.</summary>
    private static readonly TimeSpan TimeBetweenSteps = TimeSpan.FromSeconds(2);

    /// <summary>Retries of a failed scan.</summary>
    internal static readonly RetryPolicy Retry = new() { FirstDelay = TimeSpan.FromSeconds(2), MaxDelay = TimeSpan.FromMinutes(5) };

    private const string ChangedAfterClose =
        "files have changed after the dataset was closed: they are not in it. Put them into a folder of their own, with another identity.";

    private static string ChangedAfterVisit(VisitRecord visit) =>
        $"files have changed after the visit {visit.Name} ended at {Display.Minute(visit.End)}: the changes are not in its dataset.";

    private const string Left = "its files were removed here when their time was over: other sites hold them.";

    /// <exception cref="IOException">The file system failed.</exception>
    public async Task<PublishOutcome> PublishAsync(FolderSession session, FolderScanRequest request, CancellationToken ct)
    {
        if (session.MustBeginAnew)
        {
            session.Remove();
        }

        if (!SmallFile.FolderExists(request.Folder))
        {
            return await GoneAsync(session, ct);
        }

        // Step 1.
        IReadOnlyList<string> settled = texts.FinishReplacement(session);
        // Step 2.
        if (session.Published is { } published && published.Duplicate == sessions.DuplicateOf(request.Folder, published.Plan.Identity)
            && published.At(time.GetUtcNow()) is { } same)
        {
            return await GoOnAsync(session, request, same, published, ct);
        }

        // Step 3.
        session.Published = null;
        if (!survey.Inspect(request.Folder).TryGet(out FolderFinding? finding, out HutchError? unwatched))
        {
            session.Status = Status(session, FacilityFolderState.Attention, null) with { Problem = unwatched.Message };
            return new PublishOutcome();
        }

        IReadOnlyList<string> concerned = sessions.Claim(request.Folder, finding.Plan?.Identity);
        PublishOutcome outcome = finding.Plan is { } plan
            ? await PublishAsync(session, request, plan, ct)
            : await WithoutPlanAsync(session, request, finding, ct);
        session.Status = session.Status with { Notices = [.. settled, .. session.Status.Notices] };
        return outcome with { Concerned = [.. outcome.Concerned, .. concerned] };
    }

    private async Task<PublishOutcome> GoneAsync(FolderSession session, CancellationToken ct)
    {
        IReadOnlyList<string> concerned = sessions.Claim(session.Request.Folder, null);
        session.Remove();
        session.Retained = null;
        if (await records.InFolderAsync(session.Request.Folder, ct) is { } dataset)
        {
            session.Status = Status(session, FacilityFolderState.Missing, dataset) with
            {
                Problem = "the folder is not there: it was moved out of the watched folders or removed, or its file system is not mounted. "
                    + "Its files are kept in the dataset's record, and served again when it is back.",
            };
        }
        else
        {
            sessions.Remove(session.Request.Folder);
        }

        return new PublishOutcome { Concerned = concerned, IsGone = true };
    }

    /// <summary>
    /// Handles a missing or unusable metadata file. With an unusable one, the files of a published folder continue to be registered.
    /// </summary>
    private async Task<PublishOutcome> WithoutPlanAsync(
        FolderSession session, FolderScanRequest request, FolderFinding finding, CancellationToken ct)
    {
        SiteDataset? dataset = await records.InFolderAsync(session.Request.Folder, ct);
        if (finding.Problem is null && dataset is null)
        {
            session.Status = Status(session, FacilityFolderState.Waiting, null);
            return new PublishOutcome { IsActive = true };
        }

        string problem = finding.Problem
            ?? $"its metadata file is gone. Put it back: '{dataset!.Owner}/{dataset.Slug}' stays as it is until then.";
        if (dataset is not null && finding.MetadataFile is { } name)
        {
            await files.RegisterAsync(session, request, dataset, name, ct);
        }

        session.Status = Status(session, FacilityFolderState.Attention, dataset) with
        {
            Problem = problem,
            Notices = texts.WriteNotices(session, finding.MetadataFile, finding.Problem),
        };
        return Outcome(session, isActive: true);
    }

    private async Task<PublishOutcome> PublishAsync(FolderSession session, FolderScanRequest request, FolderPlan plan, CancellationToken ct)
    {
        if (!(await account.CallerAsync(ct)).TryGet(out Caller? caller, out HutchError? refusal)
            // Step 4.
            || !(await plans.PublishAsync(session, caller, plan, ct)).TryGet(out PublishedPlan? published, out refusal))
        {
            return await GoOnInSpiteAsync(session, request, plan, refusal, ct);
        }

        PublishOutcome outcome = await GoOnAsync(session, request, plan, published, ct);

        // The agent's own write has changed the file: the next look takes it all once more, and finds it as it should be.
        session.Published = session.Failures == 0 ? published : null;
        return published.MovedFrom is { } left ? outcome with { Concerned = [left] } : outcome;
    }

    /// <summary>Files go on being registered, whatever else of a published folder cannot be done.</summary>
    private async Task<PublishOutcome> GoOnInSpiteAsync(
        FolderSession session, FolderScanRequest request, FolderPlan plan, HutchError refusal, CancellationToken ct)
    {
        SiteDataset? dataset = await records.InFolderAsync(plan.Folder, ct);
        if (dataset is { TrashedUntil: null } && dataset.FolderIdentity == plan.Identity && !IsOthers(refusal))
        {
            int failures = session.Failures;
            await GoOnAsync(session, request, plan, new PublishedPlan(plan, dataset.Id, time.GetUtcNow(), null, [], []), ct);
            session.Failures = failures;
        }

        return Failed(session, plan, dataset, refusal);
    }

    /// <summary>The steps of every scan: registers the files, and notices the end of acquisition.</summary>
    private async Task<PublishOutcome> GoOnAsync(
        FolderSession session, FolderScanRequest request, FolderPlan plan, PublishedPlan published, CancellationToken ct)
    {
        if (await records.InFolderAsync(plan.Folder, ct) is not { TrashedUntil: null } dataset || dataset.Id != published.Dataset)
        {
            session.Published = null;
            return new PublishOutcome { IsActive = true, LookAgain = TimeBetweenSteps };
        }

        if (!(await end.BeginAsync(account.Name, plan, dataset.Id, ct)).TryGet(out PublicationState? before, out HutchError? refusal))
        {
            return Failed(session, plan, dataset, refusal);
        }

        RemovalRequest removal = plan.Removal;
        session.HaveFilesLeft = removal.IsRemoved || dataset.Eviction?.IsAway() == true;
        session.Ended = await access.FindEndedVisitAsync(dataset, ct);
        bool ends = before is { WasRunning: true, Ended: null } && !plan.IsRunning;
        FolderScanRequest wanted = ends ? request with { Reasons = request.Reasons | ScanReasons.Round } : request;
        // Step 5.
        if (!(await files.RegisterAsync(session, wanted, dataset, plan.MetadataFile, ct)).TryGet(
                out bool isThere, out refusal))
        {
            return Failed(session, plan, dataset, refusal);
        }

        if (!isThere)
        {
            return await GoneAsync(session, ct);
        }

        if (!(await account.CallerAsync(ct)).TryGet(out Caller? caller, out refusal))
        {
            return Failed(session, plan, dataset, refusal);
        }

        // Step 6.
        if (!(await end.AdvanceAsync(caller, plan, dataset, session.Result!, before, published.Addresses, ct))
                .TryGet(out PublicationState? state, out refusal))
        {
            return Failed(session, plan, dataset, refusal);
        }

        // Step 7.
        session.Retained = new PublishedFolder(plan.Folder, dataset.Id, plan.Rule, state.Ended, removal, published.Addresses);
        return await DoneAsync(session, plan, dataset, state, published, ct);
    }

    private async Task<PublishOutcome> DoneAsync(
        FolderSession session, FolderPlan plan, SiteDataset dataset, PublicationState state, PublishedPlan published, CancellationToken ct)
    {
        bool isRunning = state.Ended is null;
        long pending = await records.CountToHashAsync(dataset, ct);
        session.Failures = 0;
        session.Status = Status(session, isRunning ? FacilityFolderState.Acquiring : FacilityFolderState.Published, dataset) with
        {
            Identity = plan.Identity,
            PendingHashes = pending,
            Problem = published.Duplicate is null ? null : DatasetFinder.DescribeDuplicate(plan, published.Duplicate),
            Notices =
            [
                .. published.Notices,
                .. session.Retained!.Removal.IsRemoved ? [Left] : Array.Empty<string>(),
                .. session.IsAnother && session.Ended is { } visit ? [ChangedAfterVisit(visit)]
                    : session.IsAnother ? [ChangedAfterClose] : Array.Empty<string>(),
                .. session.Result!.Problems,
            ],
        };
        bool waits = !isRunning && state.EndSnapshot is null && dataset.Closed is null;
        session.Hashing = waits ? session.Hashing ?? new HashBackoff(time) : null;
        return Outcome(session, isActive: isRunning || IsYoung(session.Result), session.Hashing?.After(session.Result, pending));
    }

    /// <summary>A problem that needs an operator is also written into the block; a temporary one is only retried.</summary>
    private PublishOutcome Failed(FolderSession session, FolderPlan plan, SiteDataset? dataset, HutchError refusal)
    {
        session.Failures++;
        bool passes = refusal.Code == ErrorCode.Unavailable || refusal.Code == ErrorCode.OutcomeUnknown;
        session.Status = Status(session, FacilityFolderState.Attention, dataset) with
        {
            Identity = plan.Identity,
            Problem = refusal.Message,
            Notices = passes || IsOthers(refusal) ? [] : texts.WriteNotices(
                session, plan.MetadataFile, refusal.Message, plan.Block,
                isCopy: refusal.Details?.ContainsKey(DatasetFinder.DuplicateDetail) == true),
        };
        return Outcome(session, isActive: true, Retry.DelayAfter(session.Failures));
    }

    private static bool IsOthers(HutchError refusal) => refusal.Details?.ContainsKey(FolderClaim.InstallationDetail) == true;

    private FacilityFolder Status(FolderSession session, FacilityFolderState state, SiteDataset? dataset)
    {
        FolderScanResult? result = session.Result;
        if (result is not null)
        {
            session.Growth.AddSample(time.GetUtcNow(), result.Bytes);
        }

        return new FacilityFolder(session.Request.Folder, state)
        {
            Dataset = dataset?.Id,
            Name = dataset is null ? null : $"{dataset.Owner}/{dataset.Slug}",
            Identity = dataset?.FolderIdentity,
            Files = result?.Files ?? 0,
            Bytes = result?.Bytes ?? 0,
            Changed = result is { NewestNanoseconds: > 0 } ? NewestOf(result) : null,
        };
    }

    private static PublishOutcome Outcome(FolderSession session, bool isActive, TimeSpan? lookAgain = null) => new()
    {
        IsActive = isActive,
        LookAgain = session.MustSettle && !(lookAgain < BlockWriter.SettleTime) ? BlockWriter.SettleTime : lookAgain,
    };

    private bool IsYoung(FolderScanResult result) =>
        result.NewestNanoseconds > 0 && time.GetUtcNow() - NewestOf(result) < TimeSpan.FromDays(1);

    internal static DateTimeOffset NewestOf(FolderScanResult result) =>
        DateTimeOffset.FromUnixTimeMilliseconds(result.NewestNanoseconds / Entry.NanosecondsPerMillisecond);
}

internal sealed record PublishOutcome
{
    /// <summary>True if the folder may change at any moment.</summary>
    public bool IsActive { get; init; }

    /// <summary>True if the folder does not exist.</summary>
    public bool IsGone { get; init; }

    /// <summary>After which time it is to be looked at again, whatever happens there; null when that is not needed.</summary>
    public TimeSpan? LookAgain { get; init; }

    /// <summary>Other folders that are to be looked at because of this one.</summary>
    public IReadOnlyList<string> Concerned { get; init; } = [];
}
