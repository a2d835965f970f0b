using System.Text;
using Hutch.Datasets.Files;
using Hutch.Datasets.Replication.Sites;
using Hutch.Model.Sites;
using Hutch.Processing;
using Hutch.Programs;
using Hutch.Programs.Comparing;
using Hutch.Programs.Documents;
using Microsoft.Extensions.Logging;

namespace Hutch.Datasets.Programs;

/// <summary>
/// Compares the results of runs with those of the runs that they repeat, with the rights of the account that started them, and signs the
/// outcome with the key of the site. A comparison that a stop of the server interrupted is made again.
/// </summary>
/// <remarks>For one caller at a time, at one server of the site.</remarks>
public sealed partial class RerunComparer
{
    private const int MaxAtOnce = 20;

    private static readonly TokenScope Scope = new(TokenScopes.Read);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    private readonly RunRegistry _runs;
    private readonly RunComparisons _comparisons;
    private readonly EntryService _entries;
    private readonly ToleranceReader _tolerances;
    private readonly Authenticator _authenticator;
    private readonly ISiteSigner _signer;
    private readonly ResultRestorer _restorer;
    private readonly ProgramOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<Guid, long> _delayed = [];

    internal RerunComparer(
        RunServices runs, DatasetReader reader, Authenticator authenticator, ISiteSigner signer, ResultRestorer restorer,
        ProgramOptions options, TimeProvider time, ILogger logger)
    {
        (_runs, _comparisons, _entries) = (runs.Registry, runs.Comparisons, reader.Entries);
        (_tolerances, _restorer, _options) = (new ToleranceReader(reader, time), restorer, options);
        (_authenticator, _signer, _time, _logger) = (authenticator, signer, time, logger);
    }

    /// <summary>Compares all runs that wait for it, once.</summary>
    public async Task StepAsync(CancellationToken ct)
    {
        // Those that are delayed come first, and must not hide the others.
        foreach (Guid id in await _comparisons.WaitingAsync(MaxAtOnce + _delayed.Count, ct))
        {
            bool isDelayed = _delayed.TryGetValue(id, out long since) && _time.GetElapsedTime(since) < LookAgain;
            if (!isDelayed && (await _runs.GetAsync(id, ct)).TryGet(out SiteRun? run, out _)
                && run is { Description.Repeats: { } repeated, Outputs: [var results] })
            {
                await EndAsync(run, repeated, results, ct);
            }
        }
    }

    private async Task EndAsync(SiteRun run, RepeatedRun repeated, DatasetId results, CancellationToken ct)
    {
        Result<SiteStatement> outcome;
        try
        {
            (outcome, RerunStatement? said) = await CompareAsync(run, repeated, results, ct);
            if (repeated.Restores == true && said is { IsIdentical: true }
                && await _restorer.RestoreAsync(repeated.Dataset, repeated.Run, ct) is { } problem)
            {
                LogNotRestored(_logger, run.Id, repeated.Dataset, problem.Message);
                outcome = problem.Code == ErrorCode.Unavailable ? problem : outcome;
            }
        }
        catch (HutchException e)
        {
            outcome = e.Error;
        }

        if (!outcome.IsOk && outcome.Error.Code.Status >= 500)
        {
            // Bytes at a site that is away, for example.
            LogDelayed(_logger, run.Id, outcome.Error.Message);
            _delayed[run.Id] = _time.GetTimestamp();
            return;
        }

        _delayed.Remove(run.Id);
        SiteStatement stored = outcome.IsOk
            ? outcome.Value
            : new SiteStatement(run.Id, null, null, $"The results could not be compared: {outcome.Error.Message}");
        await _comparisons.EndAsync(results, repeated.Dataset, stored, ct);
    }

    private async Task<(Result<SiteStatement> Kept, RerunStatement? Said)> CompareAsync(
        SiteRun run, RepeatedRun repeated, DatasetId results, CancellationToken ct)
    {
        if (!(await _authenticator.ForWorkAsync(run.Description.User, Scope, ct)).TryGet(out Caller? caller, out HutchError? refusal)
            || !(await FixAsync(caller, repeated.Dataset, repeated.Snapshot, ct)).TryGet(out FixedTree? before, out refusal))
        {
            return (refusal, null);
        }

        // A program that leaves nothing makes no snapshot.
        var after = new FixedTree(results, 0, TreeRoot.Empty);
        if (await _comparisons.FindResultsAsync(run, results, ct) is { } made
            && !(await FixAsync(caller, results, made.Number, ct)).TryGet(out after, out refusal))
        {
            return (refusal, null);
        }

        RunTask task = run.Description.Task!;
        ProgramDocument? program = ProgramReader.Read(run.Description.Program + ".yaml", Encoding.UTF8.GetBytes(task.Document), out _);
        ComparisonRules rules = program?.Comparison ?? ComparisonRules.Exact;
        if (repeated.Restores == true)
        {
            // The bytes of the former results are not here, and only equal ones replace them.
            rules = rules with { Within = [] };
        }

        Comparison found = await CompareAsync(caller, before, after!, rules, ct);
        long files = before.Root.Files + found.Added - found.ByNature.Count;
        var statement = new RerunStatement
        {
            Kind = RerunStatement.Purpose,
            Site = _signer.Name,
            Key = await _signer.GetKeyAsync(ct),
            At = _time.GetUtcNow(),
            Run = repeated.Run,
            Dataset = repeated.Dataset,
            Snapshot = before.Number,
            Tree = before.Root.Page,
            Rerun = run.Id,
            Results = results,
            ResultsSnapshot = after!.Number,
            Program = run.Description.Program,
            Version = run.Description.Version,
            Digest = task.Digest,
            Inputs = [.. run.Inputs.Select(static input => new RerunInput(input.Dataset, input.Snapshot, input.Root))],
            Files = files,
            Equal = files - found.Within.Count - found.Different.Count,
            Within = found.Within.Count,
            Different = found.Different.Count,
            WithinFiles = found.Within.Named,
            DifferentFiles = found.Different.Named,
            ByNature = found.ByNature.Count,
            ByNatureFiles = found.ByNature.Named,
            NotCompared = ["times of modification", .. found.NotCompared is { } unclear ? new[] { unclear } : []],
            Engine = run.Attempt?.Engine,
            Isolated = IsIsolated(program, task) ? true : null,
        };
        return (new SiteStatement(run.Id, statement.ToText(), await _signer.SignAsync(statement, ct), null), statement);
    }

    /// <summary>
    /// Returns true if the command saw nothing but its image and its inputs, all of whose files were compared with their hashes. A mount
    /// does not do that for parts of large files.
    /// </summary>
    private bool IsIsolated(ProgramDocument? program, RunTask task) => program is { Image: not null } && !task.Limits.Network
        && task.Mounts != true
        && task.Names?.Contains(RunTask.Image) == true
        && _options is { Sandbox: not ProgramOptions.NoSandbox, ReadOnlyFolders.Count: 0, Devices.Count: 0 };

    private Task<Result<FixedTree>> FixAsync(Caller caller, DatasetId id, long snapshot, CancellationToken ct) =>
        _entries.FixAsync(caller, id, SnapshotRef.OfNumber(checked((int)snapshot)), Operation.EntryRead, ct);

    private async Task<Comparison> CompareAsync(
        Caller caller, FixedTree before, FixedTree after, ComparisonRules rules, CancellationToken ct)
    {
        var found = new Comparison();
        await foreach (TreeDifference change in _entries.DiffAsync(before, after, ct))
        {
            string path = change.Path.Value;
            if (change is { Before: { } one, After: { } other } && AreSame(one, other))
            {
                continue;
            }

            found.Added += change.Before is null ? 1 : 0;
            string how = change.Before is null ? "only in the new results"
                : change.After is null ? "not in the new results"
                : Describe(change.Before, change.After);
            if (rules.DiffersByNature(path))
            {
                found.ByNature.Add(path, rules.IsLog(path) ? "the log of the run" : how);
            }
            else if (rules.FindTolerance(path) is { } tolerance
                && change is { Before: { Kind: EntryKind.File } first, After: { Kind: EntryKind.File } second }
                && first.Executable == second.Executable)
            {
                NumericComparison compared = await _tolerances.CompareAsync(caller, before, after, change.Path, tolerance, ct);
                found.NotCompared ??= compared.NotCompared;
                Tally tally = compared.Fault is null ? found.Within : found.Different;
                tally.Add(path, compared.Fault ?? string.Create(
                    CultureInfo.InvariantCulture, $"the largest relative difference of numbers is {compared.Largest:0.##e+0}"));
            }
            else
            {
                found.Different.Add(path, how);
            }
        }

        return found;
    }

    private static bool AreSame(Entry one, Entry other) => one.Kind == other.Kind && one.Hash == other.Hash && one.Size == other.Size
        && one.Target == other.Target && one.Executable == other.Executable;

    private static string Describe(Entry one, Entry other)
    {
        if (one.Kind != other.Kind)
        {
            return "another kind of entry";
        }

        if (one.Kind == EntryKind.SymbolicLink)
        {
            return "another target of the link";
        }

        if (one.Hash == other.Hash)
        {
            return "another permission to execute it";
        }

        if (one.Size != other.Size)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{one.Size} bytes became {other.Size}");
        }

        return "other bytes of the same number";
    }

    [LoggerMessage(EventId = 5605, Level = LogLevel.Warning, Message = "The results of the rerun {Run} cannot be compared yet: {Reason}")]
    private static partial void LogDelayed(ILogger logger, Guid run, string reason);

    [LoggerMessage(
        EventId = 5606, Level = LogLevel.Warning, Message = "The rerun {Run} did not bring back the bytes of dataset {Dataset}: {Reason}")]
    private static partial void LogNotRestored(ILogger logger, Guid run, DatasetId dataset, string reason);

    private sealed class Comparison
    {
        public long Added { get; set; }

        public Tally Within { get; } = new();

        public Tally Different { get; } = new();

        public Tally ByNature { get; } = new();

        /// <summary>Parts of some files that could not be compared; null for none.</summary>
        public string? NotCompared { get; set; }
    }

    /// <summary>Counts files, and keeps the first of them by name.</summary>
    private sealed class Tally
    {
        private const int MaxPath = 300;

        private readonly List<ComparedFile> _named = [];

        public long Count { get; private set; }

        public IReadOnlyList<ComparedFile> Named => _named;

        public void Add(string path, string how)
        {
            Count++;
            if (_named.Count < RerunStatement.MaxNamed)
            {
                _named.Add(new ComparedFile(path.Length > MaxPath ? path[..MaxPath] + "…" : path, how));
            }
        }
    }
}
