namespace Hutch.Zone.Tests.Accounts.OpenId;

/// <summary>The provider outlives a server.</summary>
internal sealed class LastingHandler(FakeProvider provider) : HttpMessageHandler
{
    private readonly HttpMessageInvoker _provider = new(provider, disposeHandler: false);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _provider.SendAsync(request, cancellationToken);
}
