using Hutch.Client.Fetch;
using Hutch.Client.Pull;
using Hutch.Client.Push;
using Hutch.Client.Tests.Fakes;
using Hutch.Client.Workspaces;
using Hutch.Testing;
using Hutch.Testing.Clocks;

namespace Hutch.Client.Tests.Workspaces;

/// <summary>What the tests of working directories share: a server, a folder, and the commands.</summary>
public abstract class WorkspaceTest : IDisposable
{
    private readonly List<IDisposable> _opened = [];

    internal FakeServer Server { get; } = new();

    internal TemporaryFolder Folder { get; } = new();

    internal RecordedProgress Progress { get; } = new();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        _opened.ForEach(o => o.Dispose());
        Folder.Dispose();
        Server.Dispose();
    }

    internal Workspace Init() => Open(Workspace.Create(
        Folder.Path, new WorkspaceConfig { Remote = "http://127.0.0.1:1", Dataset = Server.Dataset, Name = "alice/lysozyme" }, new InstantTime()));

    internal async Task<PushOutcome> PushAsync(Workspace workspace)
    {
        using HutchClient client = Server.Connect();
        using var engine = new PushEngine(client, workspace, message: null, Progress);
        return await engine.RunAsync(Cancel);
    }

    internal async Task<PullOutcome> PullAsync(Workspace workspace)
    {
        using HutchClient client = Server.Connect();
        return await new PullEngine(client, workspace, Progress).RunAsync(Cancel);
    }

    internal async Task<IReadOnlyList<string>> ResolveAsync(Workspace workspace, bool mine, params string[] paths)
    {
        using HutchClient client = Server.Connect();
        return await new ResolveEngine(client, workspace, Progress).RunAsync(paths, mine, Cancel);
    }

    internal async Task<CloneOutcome> CloneAsync(string name, CloneOptions? options = null, string? at = null)
    {
        using HutchClient client = Server.Connect();
        var dataset = await client.GetDatasetAsync(Server.Dataset, Cancel);
        return await new CloneEngine(client, Progress, new InstantTime()).RunAsync(dataset, at, Folder[name], options ?? new CloneOptions(), Cancel);
    }

    internal async Task<GetOutcome> GetAsync(Workspace workspace, params string[] paths)
    {
        using HutchClient client = Server.Connect();
        return await new GetEngine(_ => Task.FromResult(client), workspace, Progress).RunAsync(paths, Cancel);
    }

    internal async Task<DropOutcome> DropAsync(Workspace workspace, params string[] paths)
    {
        using HutchClient client = Server.Connect();
        return await new DropEngine(client, workspace, Progress).RunAsync(paths, Cancel);
    }

    internal Task<WorkspaceStatus> StatusAsync(Workspace workspace) => StatusEngine.RunAsync(workspace, Progress, Cancel);

    /// <summary>A new look at a working directory, as a new process has; the others let go of it.</summary>
    internal Workspace Reopen(string? name = null)
    {
        _opened.ForEach(o => o.Dispose());
        _opened.Clear();
        return Open(Workspace.TryOpen(name is null ? Folder.Path : Folder[name], new InstantTime())!);
    }

    private Workspace Open(Workspace workspace)
    {
        _opened.Add(workspace);
        return workspace;
    }
}
