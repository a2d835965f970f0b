using System.Text.Json;
using Hutch.Zone.OpenId;

namespace Hutch.Cli.Doctor;

/// <summary>Whether the OpenID providers answer, and are who the configuration says.</summary>
internal static class ProviderCheck
{
    private const int MaxDocumentBytes = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    internal static async Task LookAsync(Patient patient, DoctorReport report, CancellationToken cancellationToken)
    {
        foreach (OidcProviderOptions provider in patient.Options.Oidc.Providers)
        {
            if (await FindFaultAsync(provider, cancellationToken) is { } fault)
            {
                report.Problem($"People cannot log in with '{provider.Id}': {fault}", "Correct 'issuer', or see to the provider.");
            }
        }
    }

    private static async Task<string?> FindFaultAsync(OidcProviderOptions provider, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = Patience, MaxResponseContentBufferSize = MaxDocumentBytes };
        string address = provider.Issuer.TrimEnd('/') + "/.well-known/openid-configuration";
        try
        {
            using JsonDocument document = JsonDocument.Parse(await http.GetStringAsync(new Uri(address), cancellationToken));
            string? issuer = document.RootElement.TryGetProperty("issuer", out JsonElement value) ? value.GetString() : null;
            return issuer == provider.Issuer ? null : $"{address} is of the issuer '{issuer}', not '{provider.Issuer}'.";
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or InvalidOperationException or UriFormatException)
        {
            return $"{address} gives no description of a provider: {e.Message}";
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{address} did not answer within {Patience.TotalSeconds} s.";
        }
    }
}
