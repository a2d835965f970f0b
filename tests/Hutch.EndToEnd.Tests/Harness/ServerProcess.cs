using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Hutch.Peers;

namespace Hutch.EndToEnd.Tests.Harness;

/// <summary>A real server in a process of its own, that can be stopped nicely or killed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(10);

    private readonly Process _process;
    private readonly ProcessOutput _output;

    private ServerProcess(Process process, string dataFolder, Uri address, Uri s3)
    {
        _process = process;
        _output = new ProcessOutput(process);
        DataFolder = dataFolder;
        Address = address;
        S3 = s3;
    }

    public string DataFolder { get; }

    public Uri Address { get; }

    /// <summary>The S3 door.</summary>
    public Uri S3 { get; }

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What it printed, the newest lines.</summary>
    public string Output => _output.Text;

    /// <summary>In an option: the address of the S3 door, which is known when the server starts.</summary>
    public const string S3Place = "{s3}";

    /// <summary>In an option: the address of the server.</summary>
    public const string HttpPlace = "{http}";

    /// <summary>Among the options: the server chooses the settings of its runtime itself, as that of a facility does, since it lives long.</summary>
    public const string LivesLong = "{lives long}";

    /// <summary>Starts a server, without waiting for it.</summary>
    public static ServerProcess Start(string dataFolder, int port, params string[] more) => Start(dataFolder, port, [], more);

    /// <summary>Starts a server with further variables in its environment, without waiting for it.</summary>
    public static ServerProcess Start(string dataFolder, int port, Dictionary<string, string> environment, params string[] more)
    {
        int s3 = LoopbackPort.FindFree();
        ProcessStartInfo start = new(
            HutchExecutable.Path, ["serve", "--data", dataFolder, "--http", $"127.0.0.1:{port}", "--s3", $"127.0.0.1:{s3}",
                .. more.Where(static option => option != LivesLong).Select(option => option.Replace(S3Place, $"127.0.0.1:{s3}", StringComparison.Ordinal)
                    .Replace(HttpPlace, $"127.0.0.1:{port}", StringComparison.Ordinal))])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Launch.Prepare(start, more.Contains(LivesLong));
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{HutchExecutable.Path} did not start.");
        Launch.Started(process);
        process.StandardInput.Close();
        return new ServerProcess(process, dataFolder, new Uri($"http://127.0.0.1:{port}"), new Uri($"http://127.0.0.1:{s3}"));
    }

    /// <summary>Starts a server and waits until it can serve.</summary>
    public static async Task<ServerProcess> StartReadyAsync(string dataFolder, CancellationToken ct, params string[] more)
    {
        ServerProcess server = Start(dataFolder, LoopbackPort.FindFree(), more);
        try
        {
            await server.WaitReadyAsync(ct);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns when /health/ready answers 200; throws with the server's output when it ends or takes too long.</summary>
    public async Task WaitReadyAsync(CancellationToken ct)
    {
        try
        {
            await WaitReadyAsync(_process, Address, ct);
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException($"{e.Message} It printed:\n{Output}", e);
        }
    }

    /// <summary>The same for any process that answers there.</summary>
    public static async Task WaitReadyAsync(Process process, Uri address, CancellationToken ct)
    {
        using HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
        long start = Stopwatch.GetTimestamp();
        while (!await IsReadyAsync(http, address, ct))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(start) > ReadyLimit)
            {
                string what = process.HasExited ? $"ended with {process.ExitCode}" : $"was not ready after {ReadyLimit.TotalSeconds} s";
                throw new InvalidOperationException($"The server {what}.");
            }

            await Task.Delay(PollEvery, ct);
        }
    }

    /// <summary>The token of the first administrator.</summary>
    public async Task<string> ReadAdminTokenAsync(CancellationToken ct) =>
        (await File.ReadAllTextAsync(Path.Combine(DataFolder, "admin.token"), ct)).Trim();

    /// <summary>SIGKILL: the process ends between two instructions.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>SIGSTOP: it keeps its connections and does nothing until it is told to go on.</summary>
    public Task FreezeAsync(CancellationToken ct) => SignalAsync("-STOP", ct);

    /// <summary>SIGCONT: it goes on where it was frozen.</summary>
    public Task ThawAsync(CancellationToken ct) => SignalAsync("-CONT", ct);

    /// <summary>SIGTERM, and its exit code.</summary>
    public async Task<int> StopAsync(CancellationToken ct)
    {
        await SignalAsync("-TERM", ct);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(StopLimit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private async Task SignalAsync(string signal, CancellationToken ct)
    {
        using Process kill = Process.Start("/bin/sh", ["-c", $"kill {signal} {_process.Id}"]);
        await kill.WaitForExitAsync(ct);
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, Uri address, CancellationToken ct)
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri(address, "health/ready"), ct);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            // The HTTP client asks a connection that was closed at once for its peer, and lets that exception out as it is.
            return false;
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
