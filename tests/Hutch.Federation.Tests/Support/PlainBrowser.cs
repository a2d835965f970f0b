using System.Net.Http.Headers;
using Hutch.Client;

namespace Hutch.Federation.Tests.Support;

/// <summary>A browser that follows redirects by hand: public addresses lead to the servers of a test, and each has its cookies.</summary>
internal sealed class PlainBrowser : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly Dictionary<string, Uri> _servers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, string>> _cookies = new(StringComparer.Ordinal);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Lets a public address lead to a server.</summary>
    public void Map(string origin, SiteServer server) => (_servers[origin], _cookies[origin]) = (server.Address, []);

    /// <summary>Logs in at the zone with the code of a one-time link.</summary>
    public async Task LogInAsync(string origin, SiteServer zone, string user)
    {
        string link = (await zone.Admin.CreateLoginLinkAsync(user, Ct)).Url;
        string code = link[(link.IndexOf("#code=", StringComparison.Ordinal) + 6)..];
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, origin + "/api/v1/login/link", $$"""{"code":"{{code}}"}""");
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Opens an address and follows redirects between known servers; returns the last address and its status.</summary>
    public async Task<(string Address, int Status)> OpenAsync(string address)
    {
        for (int hop = 0; hop < 10; hop++)
        {
            using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, address);
            if (answer.Headers.Location is not { } next)
            {
                return (address, (int)answer.StatusCode);
            }

            address = new Uri(new Uri(address), next).AbsoluteUri;
            if (!address.Contains("/api/v1/", StringComparison.Ordinal) || !_servers.ContainsKey(OriginOf(address)))
            {
                return (address, (int)answer.StatusCode);
            }
        }

        throw new InvalidOperationException("The redirects do not end.");
    }

    /// <summary>Opens an address and returns where it redirects to, without following that.</summary>
    public async Task<string> FindRedirectAsync(string address)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, address);
        return answer.Headers.Location!.OriginalString;
    }

    /// <param name="from">Where the page is that sends it, as browsers say; null for a browser that does not say.</param>
    /// <param name="isPortal">True for a request of the portal's own pages, which have a header that no other page can send.</param>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string address, string? json = null, string? from = "same-origin", bool isPortal = true)
    {
        string origin = OriginOf(address);
        using var request = new HttpRequestMessage(method, new Uri(_servers[origin], new Uri(address).PathAndQuery));
        if (isPortal)
        {
            request.Headers.Add("X-Hutch-Request", "portal");
        }

        request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", from);
        request.Headers.TryAddWithoutValidation("Accept", "text/html, */*");
        request.Headers.TryAddWithoutValidation(
            "Cookie", string.Join("; ", _cookies[origin].Where(static one => one.Value.Length > 0).Select(static one => $"{one.Key}={one.Value}")));
        request.Content = json is null ? null : new StringContent(json, new MediaTypeHeaderValue("application/json"));
        HttpResponseMessage answer = await _http.SendAsync(request, Ct);
        foreach (string cookie in answer.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? set) ? set : [])
        {
            string[] parts = cookie.Split(';')[0].Split('=', 2);
            _cookies[origin][parts[0]] = parts[1];
        }

        return answer;
    }

    public void Dispose() => _http.Dispose();

    private static string OriginOf(string address) => new Uri(address).GetLeftPart(UriPartial.Authority);
}
