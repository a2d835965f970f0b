using Hutch.Datasets.Programs;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Programs.Documents;
using Hutch.Programs.Engines;
using Hutch.Site.Life.Maintenance;
using Hutch.Testing;
using Hutch.Testing.Clocks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Datasets.Tests.Programs;

/// <summary>What an operator hears of engines before a user meets it.</summary>
public sealed class EngineChecksTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>C4: without control groups, the server itself names the limits that its machine does not hold.</summary>
    [Fact]
    public async Task Limits_that_an_engine_does_not_hold_are_a_warning()
    {
        SiteWarning warning = Assert.Single(await WarnAsync(new PlayedEngine { MissingLimits = ["the memory of a run (only that of each process)", "its network"] }));

        Assert.Equal("program-limits", warning.Kind);
        Assert.Equal("The engine 'local' does not bound the memory of a run (only that of each process), and its network.", warning.Message);
    }

    /// <summary>N1: a sandbox that the server's own unit forbids was said to work.</summary>
    [Fact]
    public async Task An_engine_that_does_not_work_and_one_that_is_missing_are_warnings_with_the_programs_that_need_them()
    {
        SiteWarning failed = Assert.Single(await WarnAsync(new PlayedEngine { Problem = "bubblewrap is not allowed." }));
        SiteWarning missing = Assert.Single(await WarnAsync());

        Assert.Equal(("program-engine-failed", "program-engine-missing"), (failed.Kind, missing.Kind));
        Assert.Equal("The program 'fit' cannot start: the engine 'local' does not work. bubblewrap is not allowed.", failed.Message);
        Assert.StartsWith("The program 'fit' cannot start: this server has no engine 'local'.", missing.Message, StringComparison.Ordinal);
        Assert.Empty(await WarnAsync(new PlayedEngine()));
    }

    private async Task<IReadOnlyList<SiteWarning>> WarnAsync(params IProgramEngine[] engines)
    {
        _folder.Write("fit.yaml", "title: Fit\nversion: \"1\"\ncommand: [fit, \"{input}\", \"{output}\"]\n");
        var time = new ManualTime();
        var checks = new EngineChecks(
            new ProgramLibrary(LocalDisk.Instance, _folder.Path, time), new ProgramQueue(engines, time), time, NullLogger.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task running = checks.RunAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        return [.. checks.Warnings()];
    }

    /// <summary>An engine that answers at once, so that the first look has ended when the loop waits for the next.</summary>
    private sealed class PlayedEngine : IProgramEngine
    {
        public string Name => "local";

        public string? Problem { get; init; }

        public IReadOnlyList<string> MissingLimits { get; init; } = [];

        public ValueTask<string?> FindProblemAsync(CancellationToken ct) => ValueTask.FromResult(Problem);

        public bool Takes(TaskLimits limits) => false;

        public ValueTask<Result<Done>> SubmitAsync(AttemptOrder order, CancellationToken ct) => throw new NotSupportedException();

        public ValueTask<IReadOnlyDictionary<AttemptKey, EngineState>> StatesAsync(
            IReadOnlyCollection<AttemptKey> attempts, CancellationToken ct) => throw new NotSupportedException();

        public ValueTask CancelAsync(IReadOnlyCollection<AttemptKey> attempts, CancellationToken ct) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
