using Hutch.Zone.OpenId;

namespace Hutch.Cli.Doctor;

/// <summary>Checks that the OpenID providers answer and match the configuration.</summary>
internal static class ProviderCheck
{
    private const int MaxDocumentBytes = 1 << 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    internal static async Task RunAsync(Installation installation, DoctorReport report, CancellationToken cancellationToken)
    {
        foreach (OidcProviderOptions provider in installation.Options.Oidc.Providers)
        {
            if (await FindFaultAsync(provider, cancellationToken) is { } fault)
            {
                report.Problem($"Login with '{provider.Id}' does not work: {fault}", "Check 'issuer' and the provider.");
            }
        }
    }

    private static async Task<string?> FindFaultAsync(OidcProviderOptions provider, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = Timeout, MaxResponseContentBufferSize = MaxDocumentBytes };
        string address = provider.Issuer.TrimEnd('/') + "/.well-known/openid-configuration";
        try
        {
            using JsonDocument document = JsonDocument.Parse(await http.GetStringAsync(new Uri(address), cancellationToken));
            string? issuer = document.RootElement.TryGetProperty("issuer", out JsonElement value) ? value.GetString() : null;
            return issuer == provider.Issuer ? null : $"{address} belongs to the issuer '{issuer}', not '{provider.Issuer}'.";
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or InvalidOperationException or UriFormatException)
        {
            return $"{address} returned no provider metadata: {e.Message}";
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{address} did not answer within {Timeout.TotalSeconds} s.";
        }
    }
}
