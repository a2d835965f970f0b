using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Hutch.Disk.Folders;

namespace Hutch.Programs.Engines;

/// <summary>
/// Hands attempts to a batch system by commands: submit, state, cancel and log. A job is found by its name, so that a restarted server
/// finds its jobs again.
/// </summary>
/// <remarks>
/// The token of an attempt is in a file that only the server's account can read, and the node deletes it. A job that the batch system does
/// not list is unknown, not ended.
/// </remarks>
public sealed partial class BatchEngine : IProgramEngine
{
    private const long Megabyte = 1 << 20;
    private const int MaxLog = 500;
    private const int OwnerOnly = 0x180; // rw for the owner alone
    private const int OwnersProgram = 0x1C0; // rwx for the owner alone

    // The states of jobs are asked for during this part of the time at most, and never rarer than after the longest pause: a list of
    // thousands of jobs takes seconds, in which the controller of a batch system does nothing else.
    private const double PartOfTime = 0.05;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CheckAgain = TimeSpan.FromSeconds(30);

    private readonly NodeCommand _node;
    private readonly ProgramOptions _options;
    private readonly BatchOptions _batch;
    private readonly BatchCommands _commands;
    private readonly CommandRunner _runner;
    private readonly TimeProvider _time;
    private readonly Func<NodeServer?> _server;
    private readonly ConcurrentDictionary<AttemptKey, bool> _submitted = new();
    private IReadOnlyList<BatchJob> _listed = [];
    private TimeSpan _pause;
    private long? _checked;
    private string? _problem;

    private BatchEngine(
        string name, BatchOptions batch, BatchCommands commands, NodeCommand node, ProgramOptions options, Func<NodeServer?> server,
        CommandRunner runner, TimeProvider time)
    {
        (Name, _batch, _commands, _node, _options, _server, _runner, _time) =
            (name, batch, commands, node, options, server, runner, time);
    }

    public string Name { get; }

    private string Folder => _batch.Folder!;

    /// <summary>Makes the engines of a configuration: Slurm if it has a folder, and those of the operator's own commands.</summary>
    public static IEnumerable<BatchEngine> All(
        NodeCommand node, ProgramOptions options, Func<NodeServer?> server, CommandRunner runner, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Slurm.Folder is not null)
        {
            yield return new BatchEngine(
                Documents.ProgramReader.SlurmEngine, options.Slurm, Slurm.Commands(options.Slurm), node, options, server, runner, time);
        }

        foreach (CommandEngineOptions own in options.Engines)
        {
            yield return new BatchEngine(own.Name, own, own.ToCommands(), node, options, server, runner, time);
        }
    }

    public async ValueTask<string?> FindProblemAsync(CancellationToken ct)
    {
        if (_server() is null)
        {
            return "The server does not listen yet.";
        }

        if (_checked is null || _time.GetElapsedTime(_checked.Value) >= CheckAgain)
        {
            await ListAsync(ct);
        }

        return _problem;
    }

    public bool Takes(TaskLimits limits) => _submitted.Count < _batch.MaxJobs;

    public async ValueTask<Result<Done>> SubmitAsync(AttemptOrder order, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (!_submitted.TryAdd(order.Attempt, true))
        {
            return Done.Value;
        }

        string token = PathOf("tokens", order.Attempt);
        Write(token, order.Token + "\n", OwnerOnly);
        string script = "#!/bin/sh\nexec " + CommandText.Join(
            [
                _batch.Program ?? _node.FileName, .. _batch.Program is null ? _node.Arguments : ["attempt"],
                .. NodeArguments(order, token),
            ]) + "\n";
        bool isFile = _commands.Submit.Any(static word => word.Contains("{script}", StringComparison.Ordinal));
        if (isFile)
        {
            Write(PathOf("scripts", order.Attempt), script, OwnersProgram);
        }

        CommandAnswer answer = await RunAsync(_commands.Submit, Places(order), isFile ? null : script, ct);
        if (answer.ExitCode == 0 || answer.IsUnknown)
        {
            // An unanswered submission may have reached the batch system: its job shows in the list, or the attempt is given up later.
            return Done.Value;
        }

        Forget(order.Attempt);
        return ErrorCode.Unavailable.With(
            answer.Words.Length > 0 ? answer.Words : $"'{_commands.Submit[0]}' ended with exit code {answer.ExitCode}.");
    }

    public async ValueTask<IReadOnlyDictionary<AttemptKey, EngineState>> StatesAsync(
        IReadOnlyCollection<AttemptKey> attempts, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(attempts);
        HashSet<AttemptKey> wanted = [.. attempts];
        var states = new Dictionary<AttemptKey, EngineState>();
        if (_checked is null || _problem is not null || _time.GetElapsedTime(_checked.Value) >= _pause)
        {
            await ListAsync(ct);
        }

        foreach (IGrouping<AttemptKey, BatchJob> jobs in _listed.Where(job => wanted.Contains(job.Attempt))
            .GroupBy(static job => job.Attempt))
        {
            // Of two jobs of an attempt, one may have ended at once because the other had claimed it. That other one counts, also while
            // its state is unknown.
            BatchJob first = jobs.MinBy(static job => job.Phase switch
            {
                EnginePhase.Running => 0,
                EnginePhase.Waiting => 1,
                null => 2,
                _ => 3,
            });
            if (first.Phase is { } phase)
            {
                states[jobs.Key] = new EngineState(phase, phase == EnginePhase.Ended ? await DescribeEndAsync(first, ct) : null);
            }
        }

        foreach (AttemptKey known in attempts)
        {
            // Of an earlier life of the server, for the limit of jobs.
            _submitted.TryAdd(known, true);
        }

        foreach (AttemptKey old in _submitted.Keys.Where(old => !wanted.Contains(old)).ToArray())
        {
            Forget(old);
        }

        return states;
    }

    public async ValueTask CancelAsync(IReadOnlyCollection<AttemptKey> attempts, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(attempts);
        HashSet<AttemptKey> unwanted = [.. attempts];
        foreach (BatchJob job in (await ListAsync(ct)).Where(job => unwanted.Contains(job.Attempt) && job.Phase != EnginePhase.Ended))
        {
            await RunAsync(_commands.Cancel, Places(job), null, ct);
            _checked = null; // the list has changed
        }

        foreach (AttemptKey attempt in attempts)
        {
            Forget(attempt);
        }
    }

    /// <summary>Jobs of a batch system outlive the server, which finds them again.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [GeneratedRegex(@"\{[a-z]+\}", RegexOptions.CultureInvariant)]
    internal static partial Regex Placeholder();

    private async Task<string> DescribeEndAsync(BatchJob job, CancellationToken ct)
    {
        string words = $"The engine '{Name}' says {job.Words}.";
        if (_commands.Log.Count == 0)
        {
            return words;
        }

        // Some print the log, and end with the exit code of the job.
        string log = (await RunAsync(_commands.Log, Places(job), null, ct)).Output;
        string last = new([.. log.TrimEnd().TakeLast(MaxLog).Select(static one => char.IsControl(one) && one != '\n' ? ' ' : one)]);
        return last.Length > 0 ? $"{words} The end of its log: {last}" : words;
    }

    private void Forget(AttemptKey attempt)
    {
        _submitted.TryRemove(attempt, out _);
        Delete(PathOf("tokens", attempt));
        Delete(PathOf("scripts", attempt));
    }

    private string PathOf(string kind, AttemptKey attempt) => Path.Combine(Folder, kind, attempt.ToString());

    private static void Write(string path, string text, int mode)
    {
        SmallFile.MakePrivateFolder(Path.GetDirectoryName(path)!);
        SmallFile.Replace(path, Encoding.UTF8.GetBytes(text), mode);
    }

    private static void Delete(string path)
    {
        if (SmallFile.FileExists(path))
        {
            SmallFile.Delete(path);
        }
    }

    private async Task<IReadOnlyList<BatchJob>> ListAsync(CancellationToken ct)
    {
        long begin = _time.GetTimestamp();
        CommandAnswer answer = await RunAsync(_commands.State, [], null, ct);
        TimeSpan pause = _time.GetElapsedTime(begin) / PartOfTime;
        _pause = pause < LongestPause ? pause : LongestPause;
        _problem = answer.IsCut ? $"'{_commands.State[0]}' lists too much."
            : answer.ExitCode == 0 ? null
            : answer.Words.Length > 0 ? answer.Words
            : $"'{_commands.State[0]}' ended with exit code {answer.ExitCode}.";
        _checked = _time.GetTimestamp();
        return _listed = _problem is null ? [.. _commands.Read(answer.Output)] : [];
    }

    // All at once: no value is read again for placeholders.
    private Task<CommandAnswer> RunAsync(
        IReadOnlyList<string> command, Dictionary<string, string> places, string? input, CancellationToken ct) => _runner.RunAsync(
        [.. command.Select(word => Placeholder().Replace(word, match => places.GetValueOrDefault(match.Value) ?? match.Value))],
        _commands.Environment, input, ct);

    private Dictionary<string, string> Places(AttemptOrder order)
    {
        long seconds = order.Limits.Seconds + (_batch.ExtraMinutes * 60L);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["{name}"] = BatchJob.NameOf(order.Attempt),
            ["{script}"] = PathOf("scripts", order.Attempt),
            ["{program}"] = order.Program,
            ["{cores}"] = ToText(order.Limits.Cores),
            ["{megabytes}"] = ToText(Math.Max(1, order.Limits.MemoryBytes / Megabyte)),
            ["{seconds}"] = ToText(seconds),
            ["{minutes}"] = ToText((seconds + 59) / 60),
        };
    }

    private static Dictionary<string, string> Places(BatchJob job) => new(StringComparer.Ordinal)
    {
        ["{job}"] = job.Id,
        ["{name}"] = BatchJob.NameOf(job.Attempt),
    };

    private static string ToText(long number) => number.ToString(CultureInfo.InvariantCulture);

    private IEnumerable<string> NodeArguments(AttemptOrder order, string token)
    {
        NodeServer own = _server() ?? throw new InvalidOperationException("The server does not listen yet.");
        NodeServer server = _batch.Server is { } address ? new NodeServer(address, null) : own;
        string work = Path.Combine(_batch.Scratch ?? Path.Combine(Folder, "scratch"), order.Attempt.ToString());
        return [.. NodeCommand.RunArguments(order.Attempt, server, work), "--token-file", token, .. _options.SandboxArguments];
    }
}
