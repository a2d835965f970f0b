using System.Text;
using Hutch.Cluster.Engine;
using Hutch.Cluster.Journal;
using Hutch.Model;
using Hutch.Site;
using Hutch.Site.Tests.Sites;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Hutch.Cluster.Tests.Support;

/// <summary>One server of a site: a data folder of its own, records of its own, the log that all share.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _reached;

    private TestServer(TestSite site, RowBytes bytes) => (Site, Bytes) = (site, bytes);

    public TestSite Site { get; }

    public RowBytes Bytes { get; }

    /// <summary>The server's own log.</summary>
    public PostgresLog Log => ((ClusterEngine)Site.Site.Engine).Journal;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Starts a server over a database.</summary>
    public static async Task<TestServer> OpenAsync(NpgsqlConnectionStringBuilder address, SharedExtents extents, LogOptions? options = null)
    {
        var bytes = new RowBytes(extents);
        var engine = new ClusterEngineFactory(address, bytes, options ?? new LogOptions(), Guid.NewGuid, NullLoggerFactory.Instance);
        var server = new TestServer(await TestSite.OpenAsync(new SiteOptions { Engine = engine }), bytes);
        await server.FollowAsync();
        return server;
    }

    /// <summary>Stops the server, does something and starts it again.</summary>
    public async Task RestartAsync(Func<Task> meanwhile)
    {
        await Site.Site.DisposeAsync();
        await meanwhile();
        await Site.ReopenAsync();
        await FollowAsync();
    }

    /// <summary>Waits until the server shows everything up to a record.</summary>
    public async Task CaughtUpAsync(long sequence)
    {
        while (true)
        {
            Task next = Volatile.Read(ref _next).Task;
            if (Volatile.Read(ref _reached) >= sequence)
            {
                return;
            }

            await next.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        }
    }

    public async Task<string?> TextAsync(DatasetId dataset, string path) =>
        await Site.ReadAsync(dataset, path) is { } content ? Encoding.UTF8.GetString(content) : null;

    public ValueTask DisposeAsync() => Site.DisposeAsync();

    private async Task FollowAsync()
    {
        _reached = await Site.Site.Records.ReadAsync(static queries => queries.AppliedSequence(), Ct);

        // The last to listen: whatever the site keeps in memory was told before.
        Site.Site.Committer.Committed += records =>
        {
            Volatile.Write(ref _reached, records[^1].Sequence);
            Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        };
    }
}
