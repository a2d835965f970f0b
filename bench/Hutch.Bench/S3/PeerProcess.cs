using System.Diagnostics;
using System.Globalization;

namespace Hutch.Bench.S3;

/// <summary>
/// A script of <c>bench/peers</c> that says the process ids of a peer when it runs, and ends it when its standard input ends: so no peer
/// stays behind, even when this program is killed.
/// </summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private readonly Process _script;

    private PeerProcess(Process script) => _script = script;

    /// <summary>The processes of the peer.</summary>
    public IReadOnlyList<int> Ids { get; private set; } = [];

    /// <summary>Starts a script and waits until it says that the peer runs.</summary>
    public static async Task<PeerProcess> StartAsync(BenchmarkContext context, string script, IEnumerable<string> arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo(Path.Combine(context.PeersFolder, script), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var peer = new PeerProcess(Process.Start(start) ?? throw new InvalidOperationException($"{script} did not start."));
        try
        {
            string ids = await peer._script.StandardOutput.ReadLineAsync(ct) ?? throw new InvalidOperationException($"{script} started nothing.");
            peer.Ids = [.. ids.Split(' ').Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _script.StandardInput.Close();
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await _script.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _script.Kill(entireProcessTree: true);
        }

        _script.Dispose();
    }
}
