namespace Hutch.Peers;

/// <summary>
/// A server that is not ours, shared by the tests of a project: <c>[assembly: AssemblyFixture(typeof(OpenIdProvider))]</c>, then a parameter of
/// a test class's constructor. The first test that asks for it starts it, on a free port of the loopback; it ends with the project. What it
/// needs is installed once: see <c>build/packages.txt</c> (peer), or a package.json with its lock file beside the class. Tests that use one
/// are in a folder <c>Peers</c>, unless their whole project is end to end.
/// </summary>
public abstract class Peer : IAsyncDisposable
{
    private readonly Lazy<Task<PeerProcess>> _process;

    /// <summary>A peer that is started with this command line.</summary>
    protected Peer(string program, params string[] arguments) =>
        _process = new(() => PeerProcess.StartAsync(program, arguments, CancellationToken.None));

    /// <summary>What it said when it was ready: where it is.</summary>
    protected async Task<string> SaidAsync() => (await _process.Value).Said;

    /// <summary>Ends it, if it was started.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_process is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await _process.Value).DisposeAsync();
        }
    }
}
