using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Write.Pushes;

/// <summary>
/// Ends parts of runs: replaces the files in the folder of one part, and nothing else. Parts of one dataset do not wait for each other:
/// each is a commit of changes to the overlay, as single puts are.
/// </summary>
/// <remarks>Thread-safe. Checks no rights: the caller has.</remarks>
public sealed class PartCommits(
    Committer committer, HeadReader heads, HeadCompactor compactor, PushChangeChecks checks, OperationTracker operations)
{
    /// <summary>The most files of one part: they are one commit.</summary>
    public const int MaxFiles = 10_000;

    private const int MaxAttempts = 50;

    /// <summary>
    /// Makes the folder of a part what these entries are. Entries and end of the part are one commit, which is refused unless the claim is
    /// that of the newest attempt. The last part of a run with a known number of parts ends the run, too.
    /// </summary>
    /// <param name="entries">The entries, with paths inside the folder of the part; no removals.</param>
    /// <param name="message">The final message; null for none.</param>
    /// <param name="readable">The trees whose blobs its user may read.</param>
    public async Task<Result<RunPart>> CommitAsync(
        SiteSession session, PartClaim claim, IReadOnlyList<TreeChange> entries, string? message,
        Func<CancellationToken, Task<IReadOnlyList<TreeView>>> readable, CancellationToken ct)
    {
        using IDisposable operation = operations.Begin();
        if (!Place(claim, entries).TryGet(out IReadOnlyList<TreeChange>? placed, out HutchError? refusal)
            || !(await heads.DatasetAsync(session.Dataset, ct)).Then(DatasetState.RequireWritable)
                .TryGet(out SiteDataset? dataset, out refusal)
            || (refusal = await checks.FindFaultAsync(session, placed, placed.Count, readable, ct)) is not null
            || (dataset.Expires is not null && (refusal = await checks.MakeLastAsync(placed, ct)) is not null))
        {
            return refusal;
        }

        bool isCompacted = false;
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (!(await ProbeAsync(session.Dataset, claim.Part, placed, ct))
                .TryGet(out IReadOnlyList<ProbedChange>? changes, out refusal))
            {
                return refusal;
            }

            Result<RunPart?> committed = await committer.CommitAsync(
                context => Decide(context, session, claim, changes, message), [], ct);
            if (committed is { IsOk: true, Value: { } part })
            {
                return part;
            }

            if (committed.IsOk || ReferenceEquals(committed.Error, EntryWriter.HeadMoved))
            {
                continue;
            }

            bool isUnclear = ReferenceEquals(committed.Error, EntryWriter.Uncompacted);
            if (isCompacted || !(isUnclear || committed.Error.Details?.ContainsKey("quota") == true))
            {
                return isUnclear
                    ? ErrorCode.PathConflict.With(
                        $"A folder of the part {Display.Quote(claim.Part)} would become a file. Remove it from the dataset first.")
                    : committed.Error;
            }

            // Only a compaction gives the exact size, and shows if a folder is empty.
            isCompacted = true;
            await compactor.CompactAsync(session.Dataset, CompactionRequest.Automatic, ct);
        }

        return ErrorCode.Unavailable.With(
            $"The dataset changed too often while the part {Display.Quote(claim.Part)} was being written. Nothing was changed. Try again.");
    }

    private static Result<IReadOnlyList<TreeChange>> Place(PartClaim claim, IReadOnlyList<TreeChange> entries)
    {
        if (entries.Count > MaxFiles)
        {
            return ErrorCode.TooLarge.With($"A part of a run can have at most {MaxFiles} files; this one has {entries.Count}.");
        }

        var placed = new List<TreeChange>(entries.Count);
        foreach (TreeChange entry in entries)
        {
            if (entry.Entry is null)
            {
                return ErrorCode.BadRequest.With("The commit of a part lists its files. Files that it does not list are removed.");
            }

            if (!DatasetPath.Parse($"{claim.Part}/{entry.Path.Value}").TryGet(out DatasetPath path, out HutchError? refusal)
                || !EntryRules.CheckNew(path, entry.Entry).TryGet(out _, out refusal))
            {
                return refusal;
            }

            placed.Add(new TreeChange(path, entry.Entry));
        }

        return placed;
    }

    /// <summary>Returns the changes, removals first, with the state of the tree at each path.</summary>
    private async Task<Result<IReadOnlyList<ProbedChange>>> ProbeAsync(
        DatasetId dataset, string part, IReadOnlyList<TreeChange> placed, CancellationToken ct)
    {
        if (!(await heads.ResolveAsync(dataset, null, ct)).TryGet(out TreeView? view, out HutchError? refusal))
        {
            return refusal;
        }

        var wanted = placed.Select(static change => change.Path).ToHashSet();
        var changes = new List<TreeChange>();
        await foreach (PathEntry present in heads.EnumerateAsync(view, part + "/", ct))
        {
            if (!wanted.Contains(present.Path))
            {
                changes.Add(new TreeChange(present.Path, null));
            }
        }

        changes.AddRange(placed);
        var probed = new List<ProbedChange>(changes.Count);
        foreach (TreeChange change in changes)
        {
            if (!(await heads.ProbeAsync(dataset, change.Path, ct)).TryGet(out PathProbe? probe, out refusal))
            {
                return refusal;
            }

            probed.Add(new ProbedChange(change, probe));
        }

        return probed;
    }

    private static Result<RunPart?> Decide(
        CommitContext context, SiteSession session, PartClaim claim, IReadOnlyList<ProbedChange> changes, string? message)
    {
        if (!PartRule.RequireCurrent(context.Queries, claim).TryGet(out RunPart? part, out HutchError? refusal)
            || !PushSessions.Check(context.Queries.Session(session.Id), session.Id, session.Author, context.Now)
                .TryGet(out _, out refusal)
            || (refusal = EntryWriter.FindRefusalOfAll(context, session.Dataset, changes)) is not null)
        {
            return refusal;
        }

        RunPart done = part with
        {
            State = PartState.Done,
            Finished = context.Now,
            Message = message,
            Files = changes.Count(static one => one.Change.Entry is { Kind: EntryKind.File }),
            Bytes = changes.Sum(static one => one.Change.Entry?.Size ?? 0),
        };
        context.Emit(new JournalRecord.SessionEnded(session.Id));
        context.Emit(new JournalRecord.RunPartSet(claim.Run, done));
        SiteRun run = context.Queries.Run(claim.Run)!;
        if (run.Description is { Task: null, Parts: > 0 and { } parts } && context.Queries.PartCounts(run.Id).Done >= parts)
        {
            context.Emit(
                new JournalRecord.RunFinished(run.Id, RunOutcome.Done, $"All {parts} parts are done.") { Frames = 0, Failures = 0 });
        }

        return done;
    }
}
