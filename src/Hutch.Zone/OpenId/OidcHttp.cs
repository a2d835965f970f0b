using System.Net.Http.Headers;
using System.Text.Json.Serialization.Metadata;
using Hutch.Zone.SignedTokens;

namespace Hutch.Zone.OpenId;

/// <summary>
/// The HTTP client for one provider. It contacts only the issuer's host and hosts added by the configuration. A response of
/// the provider cannot direct requests to other hosts.
/// </summary>
internal sealed class OidcHttp
{
    private readonly IssuerHttp _http;
    private readonly OidcProviderOptions _provider;
    private readonly HashSet<string> _hosts;

    public OidcHttp(HttpClient http, OidcProviderOptions provider)
    {
        _http = new IssuerHttp(http, provider.Id, "The login failed.");
        _provider = provider;
        _hosts = new HashSet<string>([new Uri(provider.Issuer).Authority, .. provider.OtherHosts], StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Checks an endpoint from the provider's description; a refusal when its host is not allowed.</summary>
    public Result<Uri> Check(string? endpoint, string what)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address))
        {
            return InvalidAnswer($"it has no {what}");
        }

        bool plain = address.Scheme == Uri.UriSchemeHttp && !_provider.Issuer.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
        return IssuerHttp.IsSafe(address) && !plain && _hosts.Contains(address.Authority)
            ? address
            : InvalidAnswer($"its {what} is at {Display.Quote(address.GetLeftPart(UriPartial.Authority))}, which is not its issuer's host");
    }

    public Task<Result<T>> GetAsync<T>(Uri address, JsonTypeInfo<T> type, string? bearer, CancellationToken ct) =>
        _http.GetAsync(address, type, bearer, ct);

    /// <summary>Sends a form with this server's credentials. A refusal (400, 401) is also a response: its body gives the reason.</summary>
    public Task<Result<T>> PostAsync<T>(
        Uri address, IEnumerable<KeyValuePair<string, string>> form, JsonTypeInfo<T> type, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address);
        if (string.IsNullOrEmpty(_provider.ClientSecret))
        {
            form = [.. form, new("client_id", _provider.ClientId)];
        }
        else
        {
            // RFC 6749, section 2.3.1: both parts are form-encoded first.
            string pair = $"{WebUtility.UrlEncode(_provider.ClientId)}:{WebUtility.UrlEncode(_provider.ClientSecret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        }

        request.Content = new FormUrlEncodedContent(form);
        return _http.SendAsync(request, type, takeRefusals: true, ct);
    }

    public HutchError InvalidAnswer(string what) => _http.InvalidAnswer(what);
}
