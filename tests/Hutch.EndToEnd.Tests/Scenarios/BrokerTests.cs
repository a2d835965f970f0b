using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers.RabbitMq;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>A server whose bus is a broker: it starts without it, says so, and analyses as soon as it is there.</summary>
public sealed class BrokerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_waits_for_its_broker_and_then_analyses_over_it()
    {
        await using var broker = new RabbitMqBroker();
        using TemporaryFolder folder = new();
        string password = folder["password"];
        await File.WriteAllTextAsync(password, "guest\n", Ct);
        string[] bus = ["--set", $"bus.url={broker.Url.OriginalString}", "--set", $"bus.passwordFile={password}", "--set", "bus.maxRetrySeconds=1"];
        await using Installation installation = await Installation.StartAsync(Ct, bus);
        CommandLine ada = await installation.AdminAsync(Ct);
        CommandResult stored = await ada.RunShellAsync(
            "hutch simulate dataset sim --detector small --images 5 && hutch ingest sim_master.h5 lysozyme", Ct);
        CommandResult doctor = await ada.RunAsync(Ct, ["doctor", "--data", folder["none"], .. bus]);

        CommandResult before = (await ada.RunAsync(Ct, "top", "--once")).AssertDone();
        await broker.StartAsync(Ct);
        CommandResult lines = (await ada.RunAsync(Ct, "analyse", "lysozyme", "--json")).AssertDone();
        CommandResult after = (await ada.RunAsync(Ct, "top", "--once")).AssertDone();
        string queues = await broker.ControlAsync("list_queues", "name", "type");

        stored.AssertDone();
        Assert.Contains(
            $"The broker amqp://127.0.0.1:{broker.Port} cannot be used for reading: Connection refused.", installation.Server.Output, StringComparison.Ordinal);
        Assert.Contains($"The message broker amqp://127.0.0.1:{broker.Port} cannot be used: Connection refused.", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("! down  broker", before.Output, StringComparison.Ordinal);
        Assert.Contains("  ok   broker", after.Output, StringComparison.Ordinal);
        Assert.Matches("(?m)^  ok   analysis.runs +0 +0 +1 *$", after.Output);
        Assert.Equal(5, lines.Output.TrimEnd().Split('\n').Length);
        Assert.Contains("analysis.runs\tquorum", queues, StringComparison.Ordinal);
    }
}
