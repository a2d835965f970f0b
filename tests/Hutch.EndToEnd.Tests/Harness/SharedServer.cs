namespace Hutch.EndToEnd.Tests.Harness;

/// <summary>
/// A server that all tests share which use it as its users do: each has an account of its own, and sees nothing of the others. The first test
/// that asks starts it. A test that needs more than that of its server has one of its own: see <see cref="Installation"/>.
/// </summary>
public sealed class SharedServer : IAsyncDisposable
{
    private readonly Lazy<Task<Installation>> _installation = new(() => Installation.StartAsync(CancellationToken.None, ServerProcess.LivesLong));
    private int _accounts;

    public async ValueTask DisposeAsync()
    {
        if (_installation is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await _installation.Value).DisposeAsync();
        }
    }

    /// <summary>A new account. What its person works on is gone when it is disposed of.</summary>
    internal async Task<Account> NewAccountAsync(CancellationToken ct)
    {
        await StartedAsync();
        return await (await _installation.Value).NewUserAsync($"ada-{Interlocked.Increment(ref _accounts)}", ct);
    }

    /// <summary>The server, for a test that needs no account.</summary>
    internal async Task<ServerProcess> StartedAsync()
    {
        ServerProcess server = (await _installation.Value).Server;
        return server.HasExited
            ? throw new InvalidOperationException($"The server that the tests share has ended. It printed:\n{server.Output}")
            : server;
    }
}
