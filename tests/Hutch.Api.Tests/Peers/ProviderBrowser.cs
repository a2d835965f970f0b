using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Hutch.Api.Tests.Peers;

/// <summary>The browser of somebody who uses an OpenID provider.</summary>
internal sealed partial class ProviderBrowser(string issuer) : IDisposable
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

    /// <summary>Sends the one form of a page, as its button does, and follows.</summary>
    public async Task<string> SubmitAsync(Uri page, string html, params (string Name, string Value)[] more)
    {
        var fields = new List<KeyValuePair<string, string>>(
            HiddenField().Matches(html).Select(match => KeyValuePair.Create(match.Groups[1].Value, WebUtility.HtmlDecode(match.Groups[2].Value))));
        fields.AddRange(more.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        var target = new Uri(page, WebUtility.HtmlDecode(FormAction().Match(html).Groups[1].Value));
        using var content = new FormUrlEncodedContent(fields);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        using HttpResponseMessage response = await _http.PostAsync(target, content, TestContext.Current.CancellationToken);
        return response.Headers.Location is { } next
            ? (await BrowseAsync(new Uri(target, next))).Page
            : await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]*)"/?>""")]
    private static partial Regex HiddenField();

    [GeneratedRegex("<form[^>]* action=\"([^\"]+)\"")]
    private static partial Regex FormAction();
}
