namespace Hutch.Cli.Tests.BadInput;

/// <summary>The network, with somebody who does something to the world just before a request is sent.</summary>
internal sealed class Interceptor(Func<HttpRequestMessage, Task> before) : DelegatingHandler(new SocketsHttpHandler())
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await before(request);
        return await base.SendAsync(request, cancellationToken);
    }
}
