using Hutch.Client.Tests.Fakes;
using Hutch.Client.Watching;
using Hutch.Client.Workspaces;
using Hutch.Testing;
using Hutch.Testing.Clocks;

namespace Hutch.Client.Tests.Watching;

/// <summary>What the tests of watched folders share: a server, a growing folder, and looks at it.</summary>
public abstract class WatchTest : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private Workspace? _workspace;
    private HutchClient? _client;
    private WatchEngine? _engine;

    internal FakeServer Server { get; } = new();

    internal TemporaryFolder Folder { get; } = new();

    internal RecordedProgress Progress { get; } = new();

    internal SkippingTime Time { get; } = new();

    internal WatchOptions Options { get; set; } = new() { QuietFor = Quiet };

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        Stop();
        Folder.Dispose();
        Server.Dispose();
    }

    /// <summary>Looks once, as the program does that was started first.</summary>
    internal Task<WatchRound> LookAsync()
    {
        _workspace ??= Workspace.TryOpen(Folder.Path, Time) ?? Workspace.Create(
            Folder.Path, new WorkspaceConfig { Remote = "http://127.0.0.1:1", Dataset = Server.Dataset, Watched = true }, Time);
        _client ??= Server.Connect();
        _engine ??= new WatchEngine(_client, _workspace, Options, Progress);
        return _engine.RunAsync(Cancel);
    }

    /// <summary>Looks, lets the files be quiet for long enough, and looks again.</summary>
    internal async Task<WatchRound> SettleAsync()
    {
        await LookAsync();
        await PassAsync();
        return await LookAsync();
    }

    /// <summary>Lets the files be quiet for long enough.</summary>
    internal Task PassAsync() => Task.Delay(Quiet, Time, Cancel);

    /// <summary>Ends the program, as a kill does: the next look is that of a new one.</summary>
    internal void Stop()
    {
        _client?.Dispose();
        _workspace?.Dispose();
        (_workspace, _client, _engine) = (null, null, null);
    }

    /// <summary>Sends all that is there, for what is tested afterwards.</summary>
    internal async Task SendAsync()
    {
        Assert.NotNull((await SettleAsync()).Snapshot);
        await PassAsync();
    }
}
