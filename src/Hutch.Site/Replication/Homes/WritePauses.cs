using Hutch.Site.Platform.Servers;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Replication.Homes;

/// <summary>
/// Makes the writers of a dataset wait for the moments in which its home gives up, at every server of the site: otherwise other servers
/// write between the last history and the record. Correctness does not depend on it: the commit finds writes that happened nevertheless.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class WritePauses(Committer committer, IOtherServers? others, TimeProvider time)
{
    public const string Question = "hold-writes";

    /// <summary>The longest wait for a server that does not answer.</summary>
    private static readonly TimeSpan PauseTimeout = TimeSpan.FromSeconds(1);

    /// <summary>The time for which a server holds writes for another one, which may stop in the meantime.</summary>
    private static readonly TimeSpan ForAnother = TimeSpan.FromSeconds(2);

    /// <summary>Holds writes here until the result is disposed, and for some seconds at the other servers.</summary>
    internal async Task<IDisposable> PauseAsync(DatasetId dataset, CancellationToken ct)
    {
        IDisposable here = committer.PauseWrites(dataset);
        try
        {
            await PauseElsewhereAsync(dataset, ct);
            return here;
        }
        catch
        {
            here.Dispose();
            throw;
        }
    }

    /// <summary>Holds writes here for some seconds, at the request of another server.</summary>
    public void PauseForAnother(DatasetId dataset) => _ = LetGoLaterAsync(committer.PauseWrites(dataset));

    private async Task LetGoLaterAsync(IDisposable hold)
    {
        using (hold)
        {
            await Task.Delay(ForAnother, time);
        }
    }

    private async Task PauseElsewhereAsync(DatasetId dataset, CancellationToken ct)
    {
        if (others is null)
        {
            return;
        }

        using var limit = new CancellationTokenSource(PauseTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            IReadOnlyList<SiteServer> servers = await others.ListAsync(either.Token);
            await Task.WhenAll(
                servers.Where(static server => !server.IsThis).Select(server => RequestAsync(server, dataset, either.Token)));
        }
        catch (Exception e) when (e is StorageRefusedException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            // The commit detects writes, too.
        }
    }

    private async Task RequestAsync(SiteServer server, DatasetId dataset, CancellationToken ct)
    {
        try
        {
            await others!.RequestAsync(server, new ServerQuery($"{Question}?dataset={dataset}", IsOrder: true), new byte[16], ct);
        }
        catch (HutchException)
        {
            // It is of an earlier release, or has just ended.
        }
    }
}
