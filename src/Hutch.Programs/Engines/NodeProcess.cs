using System.Diagnostics;

namespace Hutch.Programs.Engines;

/// <summary>
/// A process that executes an attempt. It gets its token by standard input, which stays open: the process ends when it is closed, also by
/// the death of the server.
/// </summary>
internal sealed class NodeProcess
{
    private const int MaxWords = 1000;

    private static readonly string[] Needed = ["PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "DOTNET_ROOT"];

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly StringBuilder _words = new();
    private int _stopped;

    public NodeProcess(ProcessStartInfo start, string token, TimeProvider time)
    {
        _time = time;
        _process = Process.Start(start) ?? throw new InvalidOperationException("The node did not start.");
        Ended = FollowAsync(token);
    }

    public TaskLimits Limits { get; init; } = new(0, 0, 0, 0, 0, 0, Network: false);

    /// <summary>Completes when the process has ended.</summary>
    public Task Ended { get; }

    public int ExitCode => _process.ExitCode;

    /// <summary>The first line of its errors; its exit code if it reported none.</summary>
    public string Words
    {
        get
        {
            string first = Lines is [var line, ..] ? line : "";
            return first.Length > 0 ? first : string.Create(CultureInfo.InvariantCulture, $"The node ended with exit code {ExitCode}.");
        }
    }

    /// <summary>The lines of its errors.</summary>
    public IReadOnlyList<string> Lines =>
        _words.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public static bool IsNeeded(string variable) => Needed.Contains(variable) || variable.StartsWith("DOTNET_", StringComparison.Ordinal);

    /// <summary>Ends the process: by the end of its input, and by force after a while.</summary>
    public void Stop(TimeSpan time)
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 0)
        {
            CloseInput();
            _ = KillAfterAsync(time);
        }
    }

    private async Task KillAfterAsync(TimeSpan time)
    {
        await Ended.WaitAsync(time, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!Ended.IsCompleted)
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    private async Task FollowAsync(string token)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(token);
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // It has ended already; its exit code says why.
        }

        char[] block = new char[1024];
        int read;
        while ((read = await _process.StandardError.ReadAsync(block)) > 0)
        {
            _words.Append(block, 0, Math.Min(read, MaxWords - _words.Length));
        }

        await _process.WaitForExitAsync();
        CloseInput();
    }

    private void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The token could not be flushed to a process that has ended.
        }
    }
}
