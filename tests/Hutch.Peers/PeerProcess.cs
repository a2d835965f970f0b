using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Hutch.Peers;

/// <summary>
/// A program that is not ours. It says a line when it is ready and ends when its standard input ends: the kernel sees to that however this
/// process ends, so that no peer stays behind. A script starts those that do neither by themselves, and ends them by their process ids:
/// see <see cref="WithParent"/>.
/// </summary>
public sealed class PeerProcess : IAsyncDisposable
{
    /// <summary>A script that says the id of the program whose command line it is given, and ends that program in time.</summary>
    public static readonly string WithParent = InThisFolder("with-parent.sh");

    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private bool _ended;

    private PeerProcess(Process process) => _process = process;

    /// <summary>The line that it said when it was ready.</summary>
    public string Said { get; private set; } = "";

    /// <summary>The process ids, where that is what it said.</summary>
    public IReadOnlyList<int> Ids => [.. Said.Split(' ').Select(id => int.Parse(id, CultureInfo.InvariantCulture))];

    /// <summary>What it says after that.</summary>
    public StreamReader Output => _process.StandardOutput;

    /// <summary>Its commands; it ends when this ends.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>Starts a program and waits until it is ready. What it complains of is told as our own.</summary>
    public static async Task<PeerProcess> StartAsync(string program, IEnumerable<string> arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var peer = new PeerProcess(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."));
        try
        {
            peer.Said = await peer.Output.ReadLineAsync(ct) ??
                throw new InvalidOperationException($"{string.Join(' ', [program, .. arguments])} ended before it was ready: is all installed (./run install test)?");
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it; what it said and nobody read.</summary>
    public async Task<string> EndAsync()
    {
        if (_ended)
        {
            return "";
        }

        _ended = true;
        _process.StandardInput.Close();
        using Process closing = _process;
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            string rest = await Output.ReadToEndAsync(limit.Token);
            await _process.WaitForExitAsync(limit.Token);
            return rest;
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{_process.StartInfo.FileName} did not end within {StopLimit.TotalSeconds} s; it was killed.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await EndAsync();

    private static string InThisFolder(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, name);
}
