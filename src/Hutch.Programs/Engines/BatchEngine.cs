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

    // Of thousands of jobs that ended at once, the first have the end of their logs as a reason: each costs a command.
    private const int MaxLogsAtOnce = 10;

    // The words of a command have a limit, and a step of the dispatcher should be short.
    private const int MaxCancelledAtOnce = 500;
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
    private readonly SemaphoreSlim _listing = new(1);

    // Attempts whose jobs must end, with the time at which that was asked: a list of before may lack them.
    private readonly Dictionary<AttemptKey, long> _unwanted = [];
    private volatile Listing? _last;

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

        return (await ListAsync(static (_, age) => age >= CheckAgain, ct)).Problem;
    }

    public bool IsListening => _server() is not null;

    public bool Takes(TaskLimits limits) => _submitted.Count < _batch.MaxJobs;

    public async ValueTask<Result<Done>> SubmitAsync(AttemptOrder order, CancellationToken ct)
    {
        if (!_submitted.TryAdd(order.Attempt, true))
        {
            return Done.Value;
        }

        if (order.Arguments.Count > 0 && !_commands.Submit.Contains(BatchCommands.Arguments))
        {
            Forget(order.Attempt);
            return ErrorCode.Unprocessable.With(
                $"The program has 'arguments', for which 'submit' of the engine '{Name}' has no word {BatchCommands.Arguments}.");
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

        IReadOnlyList<string> submit = [.. _commands.Submit.SelectMany(word => word == BatchCommands.Arguments ? order.Arguments : [word])];
        CommandAnswer answer = await RunAsync(submit, Places(order), isFile ? null : script, ct);
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
        HashSet<AttemptKey> wanted = [.. attempts];
        var states = new Dictionary<AttemptKey, EngineState>();
        if (wanted.Count == 0 && _unwanted.Count == 0)
        {
            return states;
        }

        Listing last = await ListAsync(IsOld, ct);
        await EndUnwantedAsync(last, ct);
        int logs = MaxLogsAtOnce;
        foreach (IGrouping<AttemptKey, BatchJob> jobs in last.Jobs.Where(job => wanted.Contains(job.Attempt))
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
                states[jobs.Key] = new EngineState(
                    phase, phase == EnginePhase.Ended ? await DescribeEndAsync(first, withLog: logs-- > 0, ct) : null);
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
        foreach (AttemptKey attempt in attempts)
        {
            _unwanted[attempt] = _time.GetTimestamp();
            Forget(attempt);
        }

        await EndUnwantedAsync(await ListAsync(IsOld, ct), ct);
    }

    /// <summary>Jobs of a batch system outlive the server, which finds them again.</summary>
    public ValueTask DisposeAsync()
    {
        _listing.Dispose();
        return ValueTask.CompletedTask;
    }

    [GeneratedRegex(@"\{[a-z]+\}", RegexOptions.CultureInvariant)]
    internal static partial Regex Placeholder();

    private static bool IsOld(Listing last, TimeSpan age) => last.Problem is not null || age >= last.Pause;

    /// <summary>Ends the jobs of unwanted attempts that a list shows, some at a time. The others wait for the next list.</summary>
    private async Task EndUnwantedAsync(Listing last, CancellationToken ct)
    {
        if (last.Problem is not null)
        {
            return;
        }

        HashSet<AttemptKey> known = [.. _unwanted.Where(one => one.Value <= last.Begun).Select(static one => one.Key)];
        BatchJob[] living = [.. last.Jobs.Where(job => known.Contains(job.Attempt) && job.Phase != EnginePhase.Ended)];
        known.ExceptWith(living.Select(static job => job.Attempt));
        bool isForMany = _commands.Cancel.Contains(BatchCommands.Jobs);
        foreach (BatchJob[] some in living.Take(MaxCancelledAtOnce).Chunk(isForMany ? MaxCancelledAtOnce : 1))
        {
            CommandAnswer answer = await RunAsync(
                [.. _commands.Cancel.SelectMany(word => word == BatchCommands.Jobs ? some.Select(static job => job.Id) : [word])],
                Places(some[0]), null, ct);
            if (answer.IsUnknown)
            {
                break;
            }

            known.UnionWith(answer.ExitCode == 0 ? some.Select(static job => job.Attempt) : []);
        }

        foreach (AttemptKey done in known)
        {
            _unwanted.Remove(done);
        }
    }

    private async Task<string> DescribeEndAsync(BatchJob job, bool withLog, CancellationToken ct)
    {
        string words = $"The engine '{Name}' says {job.Words}.";
        if (_commands.Log.Count == 0 || !withLog)
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

    /// <summary>Returns the last list of all jobs, or asks for a new one. Many requests at once cost one command.</summary>
    /// <param name="isOld">Whether a list of some age is too old.</param>
    private async Task<Listing> ListAsync(Func<Listing, TimeSpan, bool> isOld, CancellationToken ct)
    {
        if (FindFresh() is { } fresh)
        {
            return fresh;
        }

        await _listing.WaitAsync(ct);
        try
        {
            return FindFresh() ?? (_last = await ListAsync(ct));
        }
        finally
        {
            _listing.Release();
        }

        Listing? FindFresh() => _last is { } last && !isOld(last, _time.GetElapsedTime(last.Ended)) ? last : null;
    }

    private async Task<Listing> ListAsync(CancellationToken ct)
    {
        long begin = _time.GetTimestamp();
        CommandAnswer answer = await RunAsync(_commands.State, [], null, ct);
        TimeSpan pause = _time.GetElapsedTime(begin) / PartOfTime;
        string? problem = answer switch
        {
            { IsCut: true } => $"'{_commands.State[0]}' lists too much.",
            { ExitCode: 0 } => null,
            { Words.Length: > 0 } => answer.Words,
            _ => $"'{_commands.State[0]}' ended with exit code {answer.ExitCode}.",
        };
        return new Listing(
            problem is null ? [.. _commands.Read(answer.Output)] : [], problem, begin, _time.GetTimestamp(),
            pause < LongestPause ? pause : LongestPause);
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
        string scratch = _batch.Scratch ?? Path.Combine(Folder, "scratch");
        return
        [
            .. NodeCommand.RunArguments(order.Attempt, server, scratch, _options.ImageCacheBytes), "--token-file", token,
            .. _options.SandboxArguments,
        ];
    }

    /// <param name="Begun">The time at which the command began; what happened later may be missing.</param>
    /// <param name="Pause">The time in which no other list is asked for.</param>
    private sealed record Listing(IReadOnlyList<BatchJob> Jobs, string? Problem, long Begun, long Ended, TimeSpan Pause);
}
