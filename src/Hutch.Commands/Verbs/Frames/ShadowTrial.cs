using System.Diagnostics;
using Hutch.Capture;
using Hutch.Client.Configuration;
using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Frames;

/// <summary>
/// A trial with another writer: for each series, a separate <c>hutch compare</c> process reads the writer's file while it is written. These
/// processes have the lowest priority and cannot affect the capture.
/// </summary>
internal sealed class ShadowTrial(
    Connection connection, ShadowFiles files, ShadowReport report, TimeProvider time, Action<string> tell) : IAsyncDisposable
{
    /// <summary>Comparisons at the same time, at most: each is a process that reads a file.</summary>
    private const int MaxComparisons = 8;

    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Task> _running = [];
    private readonly HashSet<string> _begun = [];
    private readonly Lock _gate = new();

    /// <summary>
    /// Notes a series that continues in its existing dataset. A series that began under an earlier process is not compared: its first
    /// frames are in the file already.
    /// </summary>
    internal void Resume(CaptureTarget target)
    {
        lock (_gate)
        {
            if (!_begun.Add(target.Id) || report.Names(target.Name))
            {
                return;
            }
        }

        Add(target, null, null, "It was under way when capture was restarted.");
    }

    internal void Begin(CaptureTarget target, NewSeries series)
    {
        lock (_gate)
        {
            _begun.Add(target.Id);
        }

        if (files.Find(series.Key, series.Fields, out string? problem) is not { } found)
        {
            Add(target, null, null, problem);
            return;
        }

        lock (_gate)
        {
            if (_running.Count == MaxComparisons)
            {
                Add(target, found.File, null, $"{MaxComparisons} others are being compared.");
                return;
            }

            Task comparison = CompareAsync(target, found.File, found.Results);
            _running.Add(comparison);
            _ = comparison.ContinueWith(Remove, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>Stops the comparisons that are under way; the report names them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] running;
        lock (_gate)
        {
            running = [.. _running];
        }

        await Task.WhenAll(running);
        _stop.Dispose();
    }

    private void Remove(Task comparison)
    {
        lock (_gate)
        {
            _running.Remove(comparison);
        }
    }

    private async Task CompareAsync(CaptureTarget target, string file, string? results)
    {
        await Task.Yield();
        (CompareLine? found, string? problem) = await RunAsync(target.Id, file, results);
        Add(target, file, found, problem);
    }

    private async Task<(CompareLine? Found, string? Problem)> RunAsync(string dataset, string file, string? results)
    {
        ProcessStartInfo start = OwnProgram.Start(
            connection,
            ["compare", dataset, file, "--live", "--json", .. results is null ? Array.Empty<string>() : ["--results", results]]);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("The comparison did not start.");
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            return (null, "The capture was stopped before the end.");
        }

        return process.ExitCode is ExitCode.Ok or ExitCode.VerificationFailed
            ? (JsonSerializer.Deserialize(await output, ComparisonJson.Default.CompareLine), null)
            : (null, (await errors).Trim());
    }

    private void Add(CaptureTarget target, string? file, CompareLine? found, string? problem)
    {
        var line = new ShadowLine(time.GetUtcNow(), target.Name, file, found, problem);
        try
        {
            tell(report.Add(line));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The trial suffers; the capture does not.
            tell($"What was found of {target.Name} is not in the report: {e.Message}");
        }
    }
}
