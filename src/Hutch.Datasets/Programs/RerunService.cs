using System.Text;
using Hutch.Datasets.Analyses;
using Hutch.Datasets.Replication.Sites;
using Hutch.Model.Parameters;
using Hutch.Model.Reproducing;
using Hutch.Model.Sites;
using Hutch.Programs.Documents;

namespace Hutch.Datasets.Programs;

/// <summary>Starts runs that repeat others on the same versions, and keeps the statements of sites about them.</summary>
public sealed class RerunService
{
    private const string Suffix = "-rerun";

    private readonly ProgramLibrary _library;
    private readonly ProgramService _programs;
    private readonly Authorizer _authorizer;
    private readonly RunService _runs;
    private readonly RunComparisons _comparisons;
    private readonly HeadReader _heads;
    private readonly SiteRegistry _sites;
    private readonly ISiteSigner _signer;
    private readonly TimeProvider _time;

    internal RerunService(
        ProgramLibrary library, ProgramService programs, Authorizer authorizer, RunService runs,
        RunComparisons comparisons, HeadReader heads, SiteRegistry sites, ISiteSigner signer, TimeProvider time)
    {
        (_library, _programs, _authorizer, _runs, _heads) = (library, programs, authorizer, runs, heads);
        (_comparisons, _sites, _signer, _time) = (comparisons, sites, signer, time);
    }

    /// <summary>
    /// Starts the program of a run again: its document, parameters and versions of inputs. When the new run is done, the site compares the
    /// results and signs what it found.
    /// </summary>
    /// <param name="output">The name of the new results; null for that of the former ones with an addition.</param>
    /// <param name="restores">True to bring back the evicted bytes of the former results, if all files are equal.</param>
    public async Task<Result<VisibleRun>> StartAsync(Caller caller, Guid id, string? output, bool restores, CancellationToken ct)
    {
        if (!(await FindAsync(caller, id, ct)).TryGet(out Former? former, out HutchError? refusal)
            || (refusal = restores ? FindNothingToRestore(former) : null) is not null
            || !Find(former.Run).TryGet(out Work? work, out refusal)
            || (refusal = FindForbidden(caller, work.Program)) is not null
            || !ProgramService.NameOf(output).TryGet(out Slug? slug, out refusal)
            || (refusal = await FindLackingInputAsync(caller, former.Run, work.Program, ct)) is not null
            || (refusal = _programs.FindUnavailable(work.Program.Name)) is not null
            || (refusal = await _programs.FindDelayAsync(caller, work.Task.Engine, ct)) is not null)
        {
            return refusal;
        }

        RunDescription before = former.Run.Description;
        var description = new RunDescription(
            before.Program, before.Version, CommandText.Join(work.Task.Words), before.Parameters, null, caller.Name, caller.CredentialId)
        {
            IsExternal = true,
            Task = work.Task,
            Parts = before.Parts,
            Repeats = new RepeatedRun(id, former.Results.Id, former.Snapshot.Number) { Restores = restores ? true : null },
        };
        return await _programs.BeginAsync(
            caller, new NewRun { Id = _programs.NewId(), Description = description, Inputs = former.Run.Inputs },
            name => ToOutput(caller, name, former), new OutputName(slug, former.Results.Slug + Suffix, Suffix), ct);
    }

    /// <summary>Lists the statements about reruns of the results in a dataset, the oldest first.</summary>
    public async Task<Result<IReadOnlyList<VisibleStatement>>> ListAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        if (!(await _authorizer.AuthorizeAsync(caller, id, Operation.HistoryRead, ct)).TryGet(out _, out HutchError? refusal))
        {
            return refusal;
        }

        SiteDataset? now = (await _heads.DatasetAsync(id, ct)).TryGet(out SiteDataset? found, out _) ? found : null;
        var listed = new List<VisibleStatement>();
        foreach (SiteStatement item in await _comparisons.OfAsync(id, ct))
        {
            RerunStatement? read = RerunStatement.Read(item.Document, item.Proof).TryGet(out RerunStatement? signed, out _) ? signed : null;
            listed.Add(new VisibleStatement(item, read, read is not null && await IsOfZoneAsync(read.Key, ct))
            {
                Changes = read is not null && now is not null ? await FindChangesAsync(now, read, ct) : null,
            });
        }

        return listed;
    }

    /// <summary>Adds the statement of another site of the zone to the dataset that it is about.</summary>
    public async Task<Result<Done>> AddAsync(Caller caller, DatasetId id, string document, string proof, CancellationToken ct)
    {
        if (!(await _authorizer.AuthorizeAsync(caller, id, Operation.DatasetDerive, ct)).TryGet(out _, out HutchError? refusal)
            || !RerunStatement.Read(document, proof).TryGet(out RerunStatement? statement, out refusal))
        {
            return refusal;
        }

        if (statement.Dataset != id)
        {
            return ErrorCode.Unprocessable.With("The statement is about another dataset.");
        }

        if (!await IsOfZoneAsync(statement.Key, ct))
        {
            return ErrorCode.Unprocessable.With(
                $"The statement is signed by a key that no site of the zone has: {statement.Key}. It was not kept.");
        }

        if (statement.At > _time.GetUtcNow() + ReproductionRule.ClockDifference)
        {
            return ErrorCode.Unprocessable.With(
                $"The statement is dated {Display.Minute(statement.At)}, which is in the future. Set the clock of {statement.Site} right, "
                + "and repeat the rerun. It was not kept.");
        }

        return await _comparisons.AddAsync(id, new SiteStatement(statement.Rerun, document, proof, null), ct);
    }

    /// <summary>Returns what changed since the version that a statement is about; null for nothing, or another dataset.</summary>
    private async ValueTask<ChangesSince?> FindChangesAsync(SiteDataset now, RerunStatement said, CancellationToken ct)
    {
        if (said.Dataset != now.Id || said.Tree == now.Root.Page)
        {
            return null;
        }

        var at = SnapshotRef.OfNumber((int)Math.Clamp(said.Snapshot, 1, int.MaxValue));
        if (!(await _heads.ResolveAsync(now.Id, at, ct)).TryGet(out TreeView? version, out _) || version.Root.Page != said.Tree)
        {
            return new ChangesSince(0, IsMore: true);
        }

        int files = 0;
        await foreach (TreeDifference _ in _heads.DiffAsync(version.Root, now.Root, ct))
        {
            if (++files == ChangesSince.MaxFiles)
            {
                return new ChangesSince(files, IsMore: true);
            }
        }

        return new ChangesSince(files, IsMore: false);
    }

    private async ValueTask<bool> IsOfZoneAsync(BlobHash key, CancellationToken ct) =>
        await _signer.GetKeyAsync(ct) == key || await _sites.FindPeerAsync(key, ct) is not null;

    private async Task<Result<Former>> FindAsync(Caller caller, Guid id, CancellationToken ct)
    {
        if (!(await _runs.GetAsync(caller, id, ct)).TryGet(out VisibleRun? visible, out HutchError? refusal))
        {
            return refusal;
        }

        if (!visible.IsWhole)
        {
            return ErrorCode.Forbidden.With("To repeat a run, you need the right to derive from each of its inputs.");
        }

        SiteRun run = visible.Run;
        if (run is not { Outcome: "done", Outputs: [var output] })
        {
            return ErrorCode.Conflict.With(
                run.Outputs.Count == 0 ? $"You cannot see the results of the run {id:N}, with which a rerun is compared."
                    : $"The run {id:N} is {run.State}: only the results of a run that is done can be compared.");
        }

        if (HasPartsOfCommands(run))
        {
            return ErrorCode.Unprocessable.With(
                $"The parts of the run {id:N} were made by no program that this server offers. Those of `hutch run --part` are repeated by "
                + "that command.");
        }

        if (!(await _authorizer.AuthorizeAsync(caller, output, Operation.EntryRead, ct)).TryGet(out _, out refusal)
            || !(await _heads.DatasetAsync(output, ct)).Then(DatasetState.RequirePresent).TryGet(out SiteDataset? results, out refusal))
        {
            return refusal;
        }

        return await _comparisons.FindResultsAsync(run, output, ct) is { } snapshot
            ? new Former(run, results, snapshot)
            : ErrorCode.Unprocessable.With($"The run {id:N} left no results with which a rerun could be compared.");
    }

    private bool HasPartsOfCommands(SiteRun run) => run.Description is { Task: null, Parts: not null }
        && !(_library.Find(run.Description.Program).TryGet(out ProgramDocument? program, out _) && program.Each is not null);

    private static HutchError? FindNothingToRestore(Former former) =>
        former.Results is { Copy: null, Eviction: { Reproduction: { } proved } eviction } && eviction.IsAway()
            && proved.Run == former.Run.Id
            ? null
            : (ErrorCode.Conflict with { Advice = "Without --restore, the rerun is only compared." }).With(
                $"'{former.Results.Owner}/{former.Results.Slug}' has no evicted bytes here that the run {former.Run.Id:N} computes again.");

    /// <summary>
    /// Returns the work of a run. Here, it is in the run. A run of another site is repeated only with a program that the operator of this
    /// site offers, and that makes the same command.
    /// </summary>
    private Result<Work> Find(SiteRun run)
    {
        if (run.Description.Task is { } task)
        {
            return ProgramReader.Read(run.Description.Program + ".yaml", Encoding.UTF8.GetBytes(task.Document), out _) is { } pinned
                ? new Work(pinned, task)
                : ErrorCode.Unprocessable.With("The program's document was written for another release of Hutch, and cannot be read.");
        }

        if (!_library.Find(run.Description.Program).TryGet(out ProgramDocument? program, out HutchError? refusal))
        {
            return refusal.Code.With($"{refusal.Message} Only programs that this server offers can be run again here.");
        }

        if (!ParameterValues.Read(program, run.Description.Parameters).TryGet(out ParameterValues? values, out refusal))
        {
            return refusal;
        }

        // The names of inputs are not in a history: they are known if it has all of them.
        string[] image = program.Image is null ? [] : [RunTask.Image];
        string[] all = [.. program.Inputs.Select(static input => input.Name), .. image];
        string[] names = run.Inputs.Count == all.Length + 1 ? all : image;
        IReadOnlyList<string> words = program.Command.Fill(values, names);
        return program.Version == run.Description.Version && CommandText.Join(words) == run.Description.Command
            ? new Work(program, ProgramService.ToTask(program, words, names))
            : ErrorCode.Unprocessable.With(
                $"The run was made with version {run.Description.Version} of '{program.Name}' and another command; this site has version "
                + $"{program.Version}.");
    }

    /// <summary>The groups of the program are those of the former document, and those that the operator has set since.</summary>
    private HutchError? FindForbidden(Caller caller, ProgramDocument former) =>
        ProgramService.FindForbidden(ProgramService.Offer(caller, former))
        ?? (_library.Find(former.Name).TryGet(out ProgramDocument? today, out _)
            ? ProgramService.FindForbidden(ProgramService.Offer(caller, today))
            : null);

    private async ValueTask<HutchError?> FindLackingInputAsync(Caller caller, SiteRun run, ProgramDocument program, CancellationToken ct)
    {
        foreach (VersionReference input in run.Inputs)
        {
            if (await RightToDerive.FindLackingAsync(_authorizer, caller, input.Dataset, ct) is { } lacking)
            {
                return lacking;
            }

            SnapshotRef? at = input.Snapshot is { } number ? SnapshotRef.OfNumber(checked((int)number)) : null;
            if (!(await _heads.ResolveAsync(input.Dataset, at, ct)).TryGet(out TreeView? view, out HutchError? refusal))
            {
                return refusal;
            }

            if (input.Root is { } root && view.Root.Page != root)
            {
                return ErrorCode.Conflict.With($"The version {input.Snapshot} of an input is not the one that the run read.");
            }

            if (program.Each is not null && input == run.Inputs[0] && ProgramService.FindOlder(view) is { } older)
            {
                return older;
            }
        }

        return null;
    }

    private static NewDataset ToOutput(Caller caller, NameRecord name, Former former) => new()
    {
        Id = name.Dataset,
        Owner = name.Owner.Name,
        Slug = name.Slug,
        Title = $"Rerun: {former.Results.Title ?? former.Results.Slug}",
        Type = former.Results.Type,
        By = caller.Name,
        Parents =
        [
            .. former.Run.Inputs.Select(static input =>
                new ParentVersion(input.Dataset, SnapshotRef.OfNumber(checked((int)input.Snapshot!.Value)))),
        ],
        FollowsOpenParents = true,
    };

    private sealed record Former(SiteRun Run, SiteDataset Results, SiteSnapshot Snapshot);

    private sealed record Work(ProgramDocument Program, RunTask Task);
}

/// <summary>A statement about a rerun.</summary>
/// <param name="Statement">What it says; null if there is none, or none that its key signed.</param>
/// <param name="IsTrusted">True if a site of the zone signed it.</param>
public sealed record VisibleStatement(SiteStatement Kept, RerunStatement? Statement, bool IsTrusted)
{
    /// <summary>The changes of the dataset since the version that was reproduced; null for none.</summary>
    public ChangesSince? Changes { get; init; }
}

/// <param name="Files">The number of files that were added, changed or removed, at most <see cref="MaxFiles"/>.</param>
/// <param name="IsMore">True if there are more, or if the version is not here any more.</param>
public sealed record ChangesSince(int Files, bool IsMore)
{
    public const int MaxFiles = 1000;
}
