using System.Diagnostics;
using System.Globalization;

namespace Hutch.Peers.Postgres;

/// <summary>A server that follows another one and changes nothing itself.</summary>
public sealed class PostgresStandby : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-standby-").FullName;
    private readonly int _port = LoopbackPort.FindFree();
    private PeerProcess? _process;

    /// <summary>Makes a standby of a server and starts it; returns when it takes connections.</summary>
    public static async Task<PostgresStandby> StartAsync(PostgresServer primary, CancellationToken ct)
    {
        await primary.StartAsync();
        var standby = new PostgresStandby();
        try
        {
            await standby.CopyAndStartAsync(primary, ct);
            return standby;
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }
    }

    /// <summary>The address of a database at the standby.</summary>
    public string AddressOf(string database) => $"postgres://{PostgresServer.User}@127.0.0.1:{Text(_port)}/{database}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            using (Process kill = Process.Start("kill", ["-QUIT", _process.Said]))
            {
                await kill.WaitForExitAsync();
            }

            await _process.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static async Task RunAsync(IEnumerable<string> command, CancellationToken ct)
    {
        string[] words = [.. command];
        using Process process = Process.Start(words[0], words[1..]);
        await process.WaitForExitAsync(ct);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', words)} failed: is all installed (./run install test)?");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task CopyAndStartAsync(PostgresServer primary, CancellationToken ct)
    {
        string data = Path.Combine(_folder, "data");
        await PostgresServer.Account.OwnAsync(_folder, ct);
        await RunAsync(
            [
                .. PostgresServer.Account.Enter, PostgresServer.Programs + "pg_basebackup", "-h", "127.0.0.1", "-p", Text(primary.Port), "-U", PostgresServer.User, "-D", data,
                "--write-recovery-conf", "--wal-method", "stream", "--checkpoint", "fast", "--no-sync",
            ],
            ct);
        _process = await PeerProcess.StartAsync(
            PeerProcess.WithParent,
            [
                .. PostgresServer.Account.Enter, PostgresServer.Programs + "postgres", "-D", data, "-p", Text(_port), "-c", "listen_addresses=127.0.0.1",
                "-c", "unix_socket_directories=", "-c", "max_connections=300",
            ],
            ct);
        while (true)
        {
            using Process ready = Process.Start(PostgresServer.Programs + "pg_isready", ["-q", "-h", "127.0.0.1", "-p", Text(_port)]);
            await ready.WaitForExitAsync(ct);
            if (ready.ExitCode == 0)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), ct);
        }
    }
}
