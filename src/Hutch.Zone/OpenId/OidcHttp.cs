using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Hutch.Zone.OpenId;

/// <summary>
/// The HTTP client for one provider. It contacts only the issuer's host and hosts added by the configuration. It follows no redirect, reads
/// no large response, and has a timeout. A response of the provider cannot direct requests to other hosts.
/// </summary>
internal sealed class OidcHttp
{
    public const int MaxAnswerBytes = 1 << 20;

    private readonly HttpClient _http;
    private readonly OidcProviderOptions _provider;
    private readonly HashSet<string> _hosts;

    public OidcHttp(HttpClient http, OidcProviderOptions provider)
    {
        _http = http;
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
        return OidcProviderOptions.IsSafe(address) && !plain && _hosts.Contains(address.Authority)
            ? address
            : InvalidAnswer($"its {what} is at {Display.Quote(address.GetLeftPart(UriPartial.Authority))}, which is not its issuer's host");
    }

    public Task<Result<T>> GetAsync<T>(Uri address, JsonTypeInfo<T> type, string? bearer, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (bearer is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }

        return SendAsync(request, type, takeRefusals: false, ct);
    }

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
        return SendAsync(request, type, takeRefusals: true, ct);
    }

    public HutchError InvalidAnswer(string what) => ErrorCode.LoginInvalid.With(
        $"The response of '{_provider.Id}' is invalid: {what}. The login failed.");

    private HutchError NoAnswer(string what) => ErrorCode.ProviderUnavailable.With(
        $"The provider '{_provider.Id}' is not available: {what}.");

    private async Task<Result<T>> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, bool takeRefusals, CancellationToken ct)
    {
        using (request)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            try
            {
                using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, ct);
                bool refused = takeRefusals
                    && response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
                if (!response.IsSuccessStatusCode && !refused)
                {
                    return NoAnswer($"{request.RequestUri!.AbsolutePath} returned {(int)response.StatusCode}");
                }

                byte[] body = await response.Content.ReadAsByteArrayAsync(ct);
                return JsonSerializer.Deserialize(body, type) is { } answer
                    ? answer
                    : InvalidAnswer($"{request.RequestUri!.AbsolutePath} returned an empty response");
            }
            catch (JsonException)
            {
                return InvalidAnswer($"{request.RequestUri!.AbsolutePath} did not return valid JSON");
            }
            catch (HttpRequestException e)
            {
                return NoAnswer(e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded
                    ? $"{request.RequestUri!.AbsolutePath} returned more than {MaxAnswerBytes} bytes"
                    : e.GetBaseException().Message.TrimEnd('.'));
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return NoAnswer($"it did not answer within {_http.Timeout.TotalSeconds:0} s");
            }
        }
    }
}
