using Hutch.Federation.Wire;

namespace Hutch.Federation.Links;

/// <summary>Adds the number of this site's present run to each request.</summary>
internal sealed class LifeHeader(HttpMessageHandler inner, SiteLife life) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (await life.FindAsync(cancellationToken) is { } number)
        {
            request.Headers.TryAddWithoutValidation(SiteProtocol.IncarnationHeader, number);
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
