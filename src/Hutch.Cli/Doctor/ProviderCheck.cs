using Hutch.Zone.OpenId;
using Hutch.Zone.Partners;

namespace Hutch.Cli.Doctor;

/// <summary>Checks that the OpenID providers answer and match the configuration, and that partners show their keys.</summary>
internal static class ProviderCheck
{
    private const int MaxDocumentBytes = 1 << 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    internal static async Task RunAsync(Installation installation, DoctorReport report, CancellationToken cancellationToken)
    {
        foreach (OidcProviderOptions provider in installation.Options.Oidc.Providers)
        {
            string address = provider.Issuer.TrimEnd('/') + "/.well-known/openid-configuration";
            string? fault = await FindFaultAsync(
                address, "provider metadata", root => FindFault(root, provider, address), cancellationToken);
            if (fault is not null)
            {
                report.Problem($"Login with '{provider.Id}' does not work: {fault}", "Check 'issuer' and the provider.");
            }
        }

        foreach (PartnerIssuerOptions partner in installation.Options.Partners.Issuers)
        {
            if (await FindFaultAsync(partner.Keys, "keys", root => FindFault(root, partner), cancellationToken) is { } fault)
            {
                report.Problem($"Tokens of the partner '{partner.Id}' cannot be checked: {fault}", "Check 'keys' and the partner.");
            }
        }
    }

    private static string? FindFault(JsonElement root, OidcProviderOptions provider, string address)
    {
        string? issuer = root.TryGetProperty("issuer", out JsonElement value) ? value.GetString() : null;
        return issuer == provider.Issuer ? null : $"{address} belongs to the issuer '{issuer}', not '{provider.Issuer}'.";
    }

    private static string? FindFault(JsonElement root, PartnerIssuerOptions partner) =>
        root.TryGetProperty("keys", out JsonElement keys) && keys.GetArrayLength() > 0 ? null : $"{partner.Keys} has no keys.";

    private static async Task<string?> FindFaultAsync(
        string address, string what, Func<JsonElement, string?> judge, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = Timeout, MaxResponseContentBufferSize = MaxDocumentBytes };
        try
        {
            using JsonDocument document = JsonDocument.Parse(await http.GetStringAsync(new Uri(address), cancellationToken));
            return judge(document.RootElement);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or InvalidOperationException or UriFormatException)
        {
            return $"{address} returned no {what}: {e.Message}";
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{address} did not answer within {Timeout.TotalSeconds} s.";
        }
    }
}
