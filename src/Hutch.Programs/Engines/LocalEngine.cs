using System.Collections.Concurrent;
using System.Diagnostics;
using Hutch.Disk;
using Hutch.Disk.Folders;

namespace Hutch.Programs.Engines;

/// <summary>
/// Executes attempts on the machine of the server, each under a process of this program. That process puts the command into a sandbox, and
/// ends with the server: its standard input is a pipe from it.
/// </summary>
public sealed class LocalEngine : IProgramEngine
{
    private const string Nowhere = "The server stopped while it was executed.";

    private const string StatusFile = "/proc/self/status";

    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan CheckAgain = TimeSpan.FromMinutes(1);

    // A service whose processes gain no privileges cannot use fusermount3. In a namespace of its own, a node mounts inputs itself.
    private static readonly string[] OwnMounts = GainsNoPrivileges
        ? ["unshare", "--user", "--map-current-user", "--keep-caps", "--mount", "--propagation", "private", "--"]
        : [];

    private readonly NodeCommand _node;
    private readonly ProgramOptions _options;
    private readonly Func<NodeServer?> _server;
    private readonly string _scratch;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<AttemptKey, NodeProcess> _processes = new();
    private readonly ConcurrentDictionary<AttemptKey, string> _ended = new();
    private long? _checked;
    private string? _problem;

    /// <summary>The free bytes of the disk of its folder that belong to others, such as the records of the server.</summary>
    public long KeepFreeBytes { get; init; }

    /// <param name="scratch">
    /// A folder of its own for inputs and results of attempts; leftovers of an earlier server are deleted, except for images.
    /// </param>
    /// <param name="server">The address at which a process on this machine reaches the server; null until it listens.</param>
    public LocalEngine(NodeCommand node, ProgramOptions options, string scratch, Func<NodeServer?> server, TimeProvider time)
    {
        (_node, _options, _server, _time) = (node, options, server, time);
        _scratch = scratch;
        ControlGroups.Settle();
        SmallFile.MakePrivateFolder(scratch);
        foreach (string old in SmallFile.Folders(scratch).Where(KeepsNot))
        {
            TryDelete(old);
        }
    }

    public string Name => Documents.ProgramReader.LocalEngine;

    public bool IsListening => _server() is not null;

    public IReadOnlyList<string> MissingLimits { get; private set; } = [];

    /// <summary>Called when an attempt has ended.</summary>
    public Action? Changed { get; set; }

    public async ValueTask<string?> FindProblemAsync(CancellationToken ct)
    {
        if (_server() is null)
        {
            return "The server does not listen yet.";
        }

        if (_checked is { } when && (_problem is null || _time.GetElapsedTime(when) < CheckAgain))
        {
            return _problem;
        }

        var process = new NodeProcess(Start(["check", "--own"]), "", _time);
        await process.Ended.WaitAsync(ct);
        _problem = process.ExitCode == 0 ? null : process.Words;
        MissingLimits = process.ExitCode == 0 ? process.Lines : [];
        _checked = _time.GetTimestamp();
        return _problem;
    }

    public bool Takes(TaskLimits limits)
    {
        int cores = _processes.Values.Sum(static process => process.Limits.Cores);
        long memory = _processes.Values.Sum(static process => process.Limits.MemoryBytes);

        // A program that wants more than the machine has gets all of it, alone.
        return _processes.IsEmpty
            || (cores + limits.Cores <= _options.UsedCores && memory + limits.MemoryBytes <= _options.UsedMemoryBytes);
    }

    public ValueTask<Result<Done>> SubmitAsync(AttemptOrder order, CancellationToken ct)
    {
        if (_processes.ContainsKey(order.Attempt) || _ended.ContainsKey(order.Attempt))
        {
            return new ValueTask<Result<Done>>(Done.Value);
        }

        NodeServer server = _server() ?? throw new InvalidOperationException("The server does not listen yet.");
        string folder = Path.Combine(_scratch, order.Attempt.ToString());
        ProcessStartInfo start = Start(
        [
            .. NodeCommand.RunArguments(order.Attempt, server, _scratch, _options.ImageCacheBytes), "--keep-free",
            KeepFreeBytes.ToString(CultureInfo.InvariantCulture),
        ]);
        var process = new NodeProcess(start, order.Token, _time) { Limits = order.Limits };
        _processes[order.Attempt] = process;
        _ = FollowAsync(order.Attempt, process, folder);
        return new ValueTask<Result<Done>>(Done.Value);
    }

    public ValueTask<IReadOnlyDictionary<AttemptKey, EngineState>> StatesAsync(
        IReadOnlyCollection<AttemptKey> attempts, CancellationToken ct)
    {
        var states = new Dictionary<AttemptKey, EngineState>();
        foreach (AttemptKey attempt in attempts)
        {
            // All processes end with their server: an attempt that this one did not start has none.
            states[attempt] = _processes.ContainsKey(attempt) ? new EngineState(EnginePhase.Running)
                : _ended.TryGetValue(attempt, out string? words) ? new EngineState(EnginePhase.Ended, words)
                : new EngineState(EnginePhase.Ended, Nowhere) { EndedWithServer = true };
        }

        foreach (AttemptKey old in _ended.Keys.Where(old => !states.ContainsKey(old)))
        {
            _ended.TryRemove(old, out _);
        }

        return new ValueTask<IReadOnlyDictionary<AttemptKey, EngineState>>(states);
    }

    public ValueTask CancelAsync(IReadOnlyCollection<AttemptKey> attempts, CancellationToken ct)
    {
        foreach (AttemptKey attempt in attempts)
        {
            if (_processes.TryGetValue(attempt, out NodeProcess? process))
            {
                process.Stop(TimeToEnd);
            }
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        NodeProcess[] processes = [.. _processes.Values];
        foreach (NodeProcess process in processes)
        {
            process.Stop(TimeToEnd);
        }

        await Task.WhenAll(processes.Select(static process => process.Ended));
    }

    private async Task FollowAsync(AttemptKey attempt, NodeProcess process, string folder)
    {
        await process.Ended;
        _ended[attempt] = process.Words;
        _processes.TryRemove(attempt, out _);
        TryDelete(folder);
        Changed?.Invoke();
    }

    private static bool GainsNoPrivileges => OperatingSystem.IsLinux() && FileFacts.CurrentUser != 0
        && SmallFile.TryRead(StatusFile) is { } status && status.AsSpan().IndexOf("\nNoNewPrivs:\t1\n"u8) >= 0;

    private bool KeepsNot(string folder) => _options.ImageCacheBytes == 0 || Path.GetFileName(folder) != NodeCommand.Images;

    // A program may leave a folder that its own account may not enter. Such a folder does no harm.
    private static void TryDelete(string folder)
    {
        try
        {
            SmallFile.DeleteTree(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start of the server tries again.
        }
    }

    private ProcessStartInfo Start(IReadOnlyList<string> arguments)
    {
        string[] account = _options.Account is { } name ? ["--account", name] : [];
        string[] words =
        [
            .. arguments is ["run", ..] ? OwnMounts : [], _node.FileName, .. _node.Arguments, .. arguments, .. _options.SandboxArguments,
            .. account,
        ];
        var start = new ProcessStartInfo(words[0], words.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };

        // The environment of the server may have secrets; the node needs none of it.
        foreach (string variable in start.Environment.Keys.Where(static one => !NodeProcess.IsNeeded(one)).ToArray())
        {
            start.Environment.Remove(variable);
        }

        start.Environment["XDG_CONFIG_HOME"] = _scratch;
        return start;
    }
}

/// <param name="Fingerprint">The fingerprint of a certificate that the server made itself; null for none.</param>
public sealed record NodeServer(Uri Address, string? Fingerprint);
