using System.Net;
using Hutch.Api.Hosting;
using Hutch.Hosting;
using Hutch.Model;

namespace Hutch.Cli.Doctor;

/// <summary>Who is believed about where a request comes from.</summary>
internal static class ProxyCheck
{
    // A network as wide as this holds more than proxies.
    private const int MinPrefixBits = 8;

    internal static void Look(Patient patient, DoctorReport report)
    {
        foreach (string proxy in patient.Options.Server.TrustedProxies)
        {
            if (!IPNetwork.TryParse(proxy, out IPNetwork network))
            {
                if (!IPAddress.TryParse(proxy.Trim('[', ']'), out _))
                {
                    report.Problem(
                        $"'{proxy}' in 'server.trustedProxies' is no address and no network.", "Write it as 10.0.0.7 or 10.0.0.0/24.");
                }
            }
            else if (network.PrefixLength < MinPrefixBits)
            {
                report.Problem(
                    $"'server.trustedProxies' has {proxy}, which is nearly everybody: "
                    + "who sends a request can say that it comes from anywhere, and over HTTPS.",
                    "Name the addresses of the proxies only.");
            }
        }

        bool isOpen = IsOpen(patient.Options.Server.Http);
        if (patient.Options.Server.BehindProxy && isOpen)
        {
            report.Problem(
                $"'server.behindProxy' takes tokens over plain HTTP, and {patient.Options.Server.Http} can be reached from other machines.",
                "Listen at the address that only the proxy reaches, best 127.0.0.1; "
                + "name the proxy in 'trustedProxies' and turn 'behindProxy' off if it says the scheme.");
        }
        else if (isOpen && patient.Options.Server.Https is null)
        {
            report.Note(
                $"The server listens at {patient.Options.Server.Http} without HTTPS: "
                + "from other machines, tokens and passwords are refused there.",
                "Set 'server.https', or put a proxy with HTTPS before it. See docs/operations/tls.md.");
        }
    }

    private static bool IsOpen(string http)
    {
        try
        {
            return http != ServeOptions.Nowhere && !IPAddress.IsLoopback(ListenAddress.Parse(http, 8470).Address);
        }
        catch (HutchException)
        {
            return false;
        }
    }
}
