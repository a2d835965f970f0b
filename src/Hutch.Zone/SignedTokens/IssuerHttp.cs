using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Hutch.Zone.SignedTokens;

/// <summary>
/// The HTTP client for one issuer of tokens. It follows no redirect, reads no large response, and has a timeout.
/// </summary>
/// <param name="http">From <see cref="MakeClient"/>.</param>
/// <param name="id">The name of the issuer in messages.</param>
/// <param name="consequence">The sentence that ends the refusal of an invalid answer.</param>
internal sealed class IssuerHttp(HttpClient http, string id, string consequence)
{
    public const int MaxAnswerBytes = 1 << 20;

    /// <summary>Returns true if communication with an address is confidential.</summary>
    public static bool IsSafe(Uri address) =>
        address.UserInfo.Length == 0
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && IsThisMachine(address)));

    public static HttpClient MakeClient(HttpMessageHandler? handler, int timeoutSeconds) => new(handler ?? MakeHandler())
    {
        Timeout = TimeSpan.FromSeconds(timeoutSeconds),
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    public HutchError InvalidAnswer(string what) =>
        ErrorCode.LoginInvalid.With($"The response of '{id}' is invalid: {what}. {consequence}");

    public Task<Result<T>> GetAsync<T>(Uri address, JsonTypeInfo<T> type, string? bearer, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (bearer is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }

        return SendAsync(request, type, takeRefusals: false, ct);
    }

    /// <param name="takeRefusals">True if the body of a refusal is a response, too.</param>
    public async Task<Result<T>> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, bool takeRefusals, CancellationToken ct)
    {
        using (request)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            try
            {
                using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, ct);
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
                return NoAnswer($"it did not answer within {http.Timeout.TotalSeconds:0} s");
            }
        }
    }
    private HutchError NoAnswer(string what) => ErrorCode.ProviderUnavailable.With($"The provider '{id}' is not available: {what}.");

    private static SocketsHttpHandler MakeHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        AutomaticDecompression = DecompressionMethods.None,
    };

    private static bool IsThisMachine(Uri address) =>
        address.IdnHost == "localhost"
            || (IPAddress.TryParse(address.IdnHost.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));
}
