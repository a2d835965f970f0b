using Hutch.Site.Platform.Servers;
using Hutch.Storage;

namespace Hutch.Datasets.Servers;

/// <summary>The states of all servers of the site, the same at each of them: it asks the others, and answers for itself.</summary>
public sealed class ServerStates
{
    public const string Question = "state";

    private const int MaxAnswerBytes = 1 << 20;

    /// <summary>
    /// The most time for an answer: a user waits at a page that refreshes every few seconds, and a late server is shown as late.
    /// </summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly IOtherServers? _others;
    private readonly Func<ServerState> _own;
    private readonly TimeProvider _time;

    // However many look at once, each server is asked one question at a time.
    private readonly RequestCoalescer<IReadOnlyList<ServerAnswer>> _ask;

    internal ServerStates(IOtherServers? others, Func<ServerState> own, TimeProvider time)
    {
        (_others, _own, _time) = (others, own, time);
        _ask = new RequestCoalescer<IReadOnlyList<ServerAnswer>>(QueryAllAsync);
    }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(_own(), ServerStateJson.Default.ServerState);

    /// <summary>Returns the present states; of this server alone if the other servers are unknown.</summary>
    internal async ValueTask<IReadOnlyList<ServerAnswer>> ReadAsync(CancellationToken ct) =>
        _others is null ? [new ServerAnswer(null, _own(), null)] : await _ask.GetAsync(ct);

    private async Task<IReadOnlyList<ServerAnswer>> QueryAllAsync(CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            IReadOnlyList<SiteServer> servers = await _others!.ListAsync(either.Token);
            return await Task.WhenAll(servers.Select(server => QueryAsync(server, either.Token)));
        }
        catch (Exception e) when (e is StorageRefusedException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            string reason = e is OperationCanceledException ? $"The database did not answer within {Limit.TotalSeconds:0} s." : e.Message;
            return [new ServerAnswer(null, _own(), null), new ServerAnswer(null, null, reason)];
        }
    }

    private async Task<ServerAnswer> QueryAsync(SiteServer server, CancellationToken ct)
    {
        if (server.IsThis)
        {
            return new ServerAnswer(server, _own(), null);
        }

        try
        {
            return new ServerAnswer(
                server, await _others!.RequestAsync(server, Question, ServerStateJson.Default.ServerState, MaxAnswerBytes, ct), null);
        }
        catch (HutchException e)
        {
            return new ServerAnswer(server, null, e.Error.Message);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return new ServerAnswer(server, null, $"It did not answer within {Limit.TotalSeconds:0} s.");
        }
    }
}
