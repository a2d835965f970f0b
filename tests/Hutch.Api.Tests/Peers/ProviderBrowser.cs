using System.Net;

namespace Hutch.Api.Tests.Peers;

/// <summary>The browser of somebody who uses an OpenID provider.</summary>
internal sealed class ProviderBrowser(string issuer) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });

    /// <summary>Follows an address of the provider until it sends the browser elsewhere: where to; null when it ends with a page.</summary>
    public async Task<(Uri? Elsewhere, string Page)> BrowseAsync(Uri address)
    {
        HttpResponseMessage response = await _http.GetAsync(address, TestContext.Current.CancellationToken);
        for (int step = 0; step < 20; step++)
        {
            using (response)
            {
                if (response.StatusCode is not (HttpStatusCode.Redirect or HttpStatusCode.SeeOther))
                {
                    return (null, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
                }

                address = new Uri(address, response.Headers.Location!);
            }

            if (address.GetLeftPart(UriPartial.Authority) != issuer)
            {
                return (address, "");
            }

            response = await _http.GetAsync(address, TestContext.Current.CancellationToken);
        }

        throw new InvalidOperationException("The provider sends the browser round in circles.");
    }

    public void Dispose() => _http.Dispose();
}
