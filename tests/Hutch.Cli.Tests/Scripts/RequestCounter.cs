using System.Collections.Concurrent;

namespace Hutch.Cli.Tests.Scripts;

/// <summary>Records the requests of a command, and stops the command at the first one for bytes. Commands have several clients.</summary>
internal sealed class RequestCounter(Func<string, bool> isForBytes) : HttpMessageHandler
{
    private readonly HttpMessageInvoker _inner = new(new SocketsHttpHandler());
    private readonly CancellationTokenSource _stop = new();

    internal ConcurrentQueue<string> Requests { get; } = [];

    internal bool HasByte => _stop.IsCancellationRequested;

    internal CancellationToken Stopped => _stop.Token;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.PathAndQuery;
        if (isForBytes(path))
        {
            await _stop.CancelAsync();
        }

        _stop.Token.ThrowIfCancellationRequested();
        Requests.Enqueue($"{request.Method} {path}");
        return await _inner.SendAsync(request, cancellationToken);
    }
}
