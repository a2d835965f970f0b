using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers.RabbitMq;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>A broker and a server that uses it; each test has an account.</summary>
public sealed class RecipeSite : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private int _accounts;

    internal RabbitMqBroker Broker { get; } = new();

    internal Installation Installation { get; private set; } = null!;

    internal Account Admin { get; private set; } = null!;

    /// <summary>The command line of a peer; see its first lines.</summary>
    internal string Peer => $"/usr/bin/python3 {WorkflowsService.Program} {Broker.Port}";

    public async ValueTask InitializeAsync()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await Broker.ReadyAsync();
        await File.WriteAllTextAsync(_folder["password"], "guest\n", ct);
        Installation = await Installation.StartAsync(
            ct,
            [
                "--verbose", "--set", $"bus.url={Broker.Url.OriginalString}", "--set", $"bus.passwordFile={_folder["password"]}",
                "--set", "bus.recipeQueues=theirs.*", "--set", "bus.resultQueue=every.row", "--set", $"server.publicUrl=http://{ServerProcess.HttpPlace}/",
            ]);
        Admin = await Installation.AdminAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await Installation.DisposeAsync();
        await Broker.DisposeAsync();
        _folder.Dispose();
    }

    internal Task<Account> NewAccountAsync(CancellationToken ct) =>
        Installation.NewUserAsync($"bea-{Interlocked.Increment(ref _accounts)}", ct);
}
