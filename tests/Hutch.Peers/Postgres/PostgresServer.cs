using System.Diagnostics;
using System.Globalization;

namespace Hutch.Peers.Postgres;

/// <summary>
/// A PostgreSQL server with nothing of it outside one folder, on the loopback, for everybody on this machine. It takes seconds to make, so a
/// project of tests shares one and each test has a database of its own; a test that stops it has its own server.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The name of its superuser, who needs no password.</summary>
    public const string User = "hutch";

    private const string Versions = "/usr/lib/postgresql";

    /// <summary>Servers refuse to run as root.</summary>
    internal static readonly SystemAccount Account = new("postgres");

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);

    private static readonly string[] AlwaysSet =
    [
        "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300",

        // Clients report every refusal themselves.
        "log_min_messages=fatal", "log_min_error_statement=panic",
    ];

    // Writes that the kernel has taken survive an immediate stop; only a power cut needs more, and tests have none. Autovacuum
    // would visit hundreds of small unused databases in turn.
    private static readonly string[] ForTests =
        ["shared_buffers=32MB", "min_wal_size=32MB", "max_wal_size=64MB", "fsync=off", "full_page_writes=off", "autovacuum=off"];

    private readonly string[] _settings;
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-postgres-").FullName;
    private readonly Lazy<Task> _started;
    private readonly SemaphoreSlim _clientLock = new(1, 1);
    private PeerProcess? _process;
    private PeerProcess? _client;
    private SmallDisk? _disk;
    private int _databases;

    /// <summary>A server for tests, which is started when it is needed.</summary>
    public PostgresServer()
        : this(ForTests)
    {
    }

    private PostgresServer(string[] settings)
    {
        _settings = [.. AlwaysSet, .. settings];
        Port = LoopbackPort.FindFree();
        _started = new Lazy<Task>(() => MakeAsync(CancellationToken.None));
    }

    /// <summary>How large a disk of its own is, which can be filled; 200 are enough for a small database. Null for the machine's disk.</summary>
    public int? DiskMegabytes { get; init; }

    /// <summary>Where it listens, whether it runs or not.</summary>
    public int Port { get; }

    /// <summary>The process id of its postmaster while it runs.</summary>
    public int ProcessId => _process!.Ids[0];

    /// <summary>Where its programs are, with a slash at the end.</summary>
    public static string Programs => Directory.GetDirectories(Versions)
        .OrderByDescending(static path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))
        .First() + "/bin/";

    private string Data => Path.Combine(_folder, "data");

    /// <summary>A server as an operator runs it: what it acknowledges is on the disk.</summary>
    public static PostgresServer Durable() => new(["shared_buffers=256MB"]);

    /// <summary>Returns when it takes connections.</summary>
    public Task StartAsync() => _started.Value;

    /// <summary>The address of a database that is there.</summary>
    public string AddressOf(string database) => $"postgres://{User}@127.0.0.1:{Text(Port)}/{database}";

    /// <summary>Makes a database, empty or as a template to which no one is connected; its address.</summary>
    public async Task<string> CreateDatabaseAsync(CancellationToken ct, string template = "template0")
    {
        await StartAsync();
        string name = "test" + Text(Interlocked.Increment(ref _databases));
        await _clientLock.WaitAsync(ct);
        try
        {
            _client ??= await StartClientAsync(ct);
            await _client.Input.WriteLineAsync($"CREATE DATABASE {name} TEMPLATE {template};\n\\echo made");
            await _client.Input.FlushAsync(ct);
            if (await _client.Output.ReadLineAsync(CancellationToken.None) != "made")
            {
                // It ends at the first error.
                await EndClientAsync();
                throw new InvalidOperationException($"The database {name} could not be created from {template}.");
            }
        }
        finally
        {
            _clientLock.Release();
        }

        return AddressOf(name);
    }

    /// <summary>Stops it: at once, as a crash would, or after it has ended its connections and written everything.</summary>
    public async Task StopAsync(bool immediate)
    {
        await EndClientAsync();
        if (_process is not null)
        {
            await SignalAsync(immediate ? "-QUIT" : "-INT");
            await _process.DisposeAsync();
            _process = null;
        }
    }

    /// <summary>Starts it where it was stopped; returns when it takes connections.</summary>
    public async Task StartAgainAsync(CancellationToken ct)
    {
        _process = await PeerProcess.StartAsync(
            PeerProcess.WithParent,
            [.. AsItsUser(), Programs + "postgres", "-D", Data, "-p", Text(Port), .. _settings.SelectMany(static one => new[] { "-c", one })],
            ct);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(StartLimit);
        while (!await AnswersAsync(limit.Token))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }
    }

    /// <summary>Leaves no room on its disk, which must be one of its own.</summary>
    public void FillDisk() => _disk!.Fill();

    /// <summary>Gives the room back, and starts it as an operator would if it gave up meanwhile.</summary>
    public async Task FreeDiskAsync(CancellationToken ct)
    {
        _disk!.Free();
        if (!await AnswersAsync(ct))
        {
            await StopAsync(immediate: true);
            await StartAgainAsync(ct);
        }
    }

    /// <summary>The postmaster and all that it started keep their connections, and do nothing, until they are told to go on.</summary>
    public async Task FreezeAsync()
    {
        await SignalAsync("-STOP");
        await SignalAllAsync("-STOP");
    }

    /// <summary>They go on where they were frozen.</summary>
    public async Task ThawAsync()
    {
        await SignalAllAsync("-CONT");
        await SignalAsync("-CONT");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(immediate: true);
        await (_disk?.DisposeAsync() ?? ValueTask.CompletedTask);
        _clientLock.Dispose();

        // Its files are another user's.
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>One client for all databases: to start one, and its process in the server, takes longer than to copy the template.</summary>
    private Task<PeerProcess> StartClientAsync(CancellationToken ct) => PeerProcess.StartAsync(
        "/bin/sh",
        [
            "-c", "echo ready; exec \"$@\"", "sh", Programs + "psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "-h", "127.0.0.1",
            "-p", Text(Port), "-U", User, "postgres",
        ],
        ct);

    private async Task EndClientAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
            _client = null;
        }
    }

    private static async Task RunAsync(string program, string[] arguments, CancellationToken ct)
    {
        if (!await SucceedsAsync(program, arguments, ct))
        {
            throw new InvalidOperationException($"{program} failed: is all installed (./run install test)?");
        }
    }

    private static async Task<bool> SucceedsAsync(string program, string[] arguments, CancellationToken ct)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{program} did not start.");
        await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return process.ExitCode == 0;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string[] AsItsUser() => _disk?.Enter ?? Account.Enter;

    private Task<bool> AnswersAsync(CancellationToken ct) =>
        SucceedsAsync(Programs + "pg_isready", ["-q", "-h", "127.0.0.1", "-p", Text(Port)], ct);

    private async Task MakeAsync(CancellationToken ct)
    {
        if (DiskMegabytes is int megabytes)
        {
            _disk = await SmallDisk.MountAsync(_folder, megabytes, ct);
        }
        else
        {
            await Account.OwnAsync(_folder, ct);
        }

        string[] user = AsItsUser();
        await RunAsync(
            user[0],
            [
                .. user[1..], Programs + "initdb", "-D", Data, "-U", User, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8",
                "--no-sync",
            ],
            ct);
        await StartAgainAsync(ct);
    }

    private async Task SignalAsync(string signal) => await SucceedsAsync("kill", [signal, Text(ProcessId)], CancellationToken.None);

    private async Task SignalAllAsync(string signal) =>
        await SucceedsAsync("pkill", [signal, "-P", Text(ProcessId)], CancellationToken.None);
}
