using System.Diagnostics;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Model;
using Hutch.Objects.Http;
using Hutch.Peers;

namespace Hutch.EndToEnd.Tests.Torture;

/// <summary>
/// Starts a real server, writes from many clients, kills it with SIGKILL at a random moment, starts it again, and checks every
/// acknowledged name and byte; over and over.
/// </summary>
internal sealed class TortureRun(TortureOptions options, string dataFolder, Action<string> say)
{
    private readonly Random _random = new(options.Seed);
    private readonly int _port = LoopbackPort.FindFree();
    private readonly TortureReport _report = new();
    private readonly List<Writer> _writers = [];
    private string _token = "";

    public async Task<TortureReport> RunAsync(CancellationToken ct)
    {
        await PrepareAsync(ct);
        long start = Stopwatch.GetTimestamp();
        long said = start;

        // On a busy machine a start may take all of the time, and a life end without an answer: then it goes for another.
        while ((Stopwatch.GetElapsedTime(start) < options.Duration || _report.Acknowledged == 0) && _report.Differences.Count == 0)
        {
            await LiveAndDieAsync(ct);
            if (Stopwatch.GetElapsedTime(said) > TimeSpan.FromSeconds(10))
            {
                said = Stopwatch.GetTimestamp();
                say($"{Stopwatch.GetElapsedTime(start).TotalSeconds,6:0} s: {Summarize()}");
            }
        }

        await using ServerProcess last = await StartAsync(ct);
        await CheckAsync(last, everything: true, ct);
        int exit = await last.StopAsync(ct);
        if (exit != 0)
        {
            _report.Differences.Add($"asked to stop, the server ended with {exit}:\n{last.Output}");
        }

        return Summarize();
    }

    private async Task PrepareAsync(CancellationToken ct)
    {
        await using ServerProcess server = await StartAsync(ct);
        _token = await server.ReadAdminTokenAsync(ct);
        using HutchClient client = Connect(server);
        DatasetInfo shared = await client.CreateDatasetAsync(new CreateDataset { Name = "torture-shared" }, ct);
        for (int i = 0; i < options.EntryWriters; i++)
        {
            _writers.Add(new EntryWriter(shared.Id, $"writer {i}/", _random.Next()));
        }

        for (int i = 0; i < options.PushWriters; i++)
        {
            DatasetInfo own = await client.CreateDatasetAsync(new CreateDataset { Name = $"torture-push-{i}" }, ct);
            _writers.Add(new PushWriter(own.Id, _random.Next(), _token));
        }

        await server.KillAsync();
    }

    private async Task LiveAndDieAsync(CancellationToken ct)
    {
        if (_random.Next(100) < options.KilledWhileStartingPercent)
        {
            await using ServerProcess unborn = ServerProcess.Start(dataFolder, _port, ServerProcess.LivesLong);
            await Task.Delay(_random.Next(1000), ct);
            await unborn.KillAsync();
            _report.KillsWhileStarting++;
            return;
        }

        await using ServerProcess server = await StartAsync(ct);
        await CheckAsync(server, everything: false, ct);
        using HutchClient client = Connect(server);
        Task[] writing = [.. _writers.Select(writer => RunAsync(writer, client, server, ct))];
        await Task.Delay(options.LongestLife * _random.NextDouble(), ct);
        await server.KillAsync();
        _report.Kills++;
        await Task.WhenAll(writing);
        await CheckSegmentsAsync(ct);
    }

    private async Task<ServerProcess> StartAsync(CancellationToken ct)
    {
        ServerProcess server = ServerProcess.Start(dataFolder, _port, ServerProcess.LivesLong);
        long start = Stopwatch.GetTimestamp();
        await server.WaitReadyAsync(ct);
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        _report.LongestStart = took > _report.LongestStart ? took : _report.LongestStart;
        return server;
    }

    private async Task RunAsync(Writer writer, HutchClient client, ServerProcess server, CancellationToken ct)
    {
        try
        {
            await writer.RunAsync(client, ct);
        }
        catch (Exception e) when (e is HutchException or InvalidOperationException)
        {
            string what = e is HutchException refused ? $"{refused.Error.Code.Name}: {refused.Error.Message}" : e.Message;
            lock (_report)
            {
                _report.Differences.Add($"a living server refused a change: {what}\n{server.Output}");
            }
        }
    }

    private async Task CheckAsync(ServerProcess server, bool everything, CancellationToken ct)
    {
        using HutchClient client = Connect(server);
        List<string>[] found = await Task.WhenAll(_writers.Select(writer => writer.CheckAsync(client, everything, ct)));
        _report.Differences.AddRange(found.SelectMany(differences => differences));
    }

    /// <summary>Whatever happened: each segment is a tar file that tar itself reads.</summary>
    private async Task CheckSegmentsAsync(CancellationToken ct)
    {
        foreach (string segment in Directory.EnumerateFiles(Path.Combine(dataFolder, "segments"), "*.tar"))
        {
            ProcessStartInfo list = new("tar", ["--list", "--file", segment]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process tar = Process.Start(list)!;
            Task<string> names = tar.StandardOutput.ReadToEndAsync(ct);
            string errors = await tar.StandardError.ReadToEndAsync(ct);
            await names;
            await tar.WaitForExitAsync(ct);
            if (tar.ExitCode != 0)
            {
                _report.Differences.Add($"tar cannot read {segment}: {errors}");
            }
        }
    }

    // No retries: an answer that did not come must stay unanswered.
    private HutchClient Connect(ServerProcess server) =>
        new(server.Address, _token, new HutchClientOptions { Retry = HttpRetry.Default with { MaxAttempts = 1 } });

    private TortureReport Summarize()
    {
        _report.Acknowledged = _writers.Sum(writer => writer.Ledger.Acknowledged);
        _report.Survived = _writers.Sum(writer => writer.Ledger.Survived);
        _report.Vanished = _writers.Sum(writer => writer.Ledger.Vanished);
        _report.Files = _writers.Sum(writer => writer.Ledger.Paths.Count);
        _report.Bytes = _writers.Sum(writer => writer.Bytes);
        return _report;
    }
}
