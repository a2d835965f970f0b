namespace Hutch.Server;

/// <summary>Runs loops with the host, until it stops.</summary>
internal sealed class LoopHost(IReadOnlyList<BackgroundTask> loops) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(loops.Select(loop => loop.RunAsync(stoppingToken)));
}
