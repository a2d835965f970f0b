using System.Net;
using Hutch.Doors;
using Hutch.Server;

namespace Hutch.Cli.Doctor;

/// <summary>Checks the proxies that the server trusts to report the origin of a request.</summary>
internal static class ProxyCheck
{
    // A network as wide as this holds more than proxies.
    private const int MinPrefixBits = 8;

    internal static void Run(Installation installation, DoctorReport report)
    {
        foreach (string proxy in installation.Options.Server.TrustedProxies)
        {
            if (!IPNetwork.TryParse(proxy, out IPNetwork network))
            {
                if (!IPAddress.TryParse(proxy.Trim('[', ']'), out _))
                {
                    report.Problem(
                        $"'{proxy}' in 'server.trustedProxies' is not an address or a network.", "Write it as 10.0.0.7 or 10.0.0.0/24.");
                }
            }
            else if (network.PrefixLength < MinPrefixBits)
            {
                report.Problem(
                    $"'server.trustedProxies' has {proxy}, which is nearly every address: "
                    + "any client can then forge its address and claim HTTPS.",
                    "List only the addresses of your proxies.");
            }
        }

        bool isOpen = IsOpen(installation.Options.Server.Http);
        if (installation.Options.Server.BehindProxy && isOpen)
        {
            report.Problem(
                $"'server.behindProxy' accepts tokens over plain HTTP, and other machines can reach {installation.Options.Server.Http}.",
                "Listen on an address that only the proxy can reach, ideally 127.0.0.1. "
                + "If the proxy forwards the scheme, list it in 'trustedProxies' and turn 'behindProxy' off.");
        }
        else if (isOpen && installation.Options.Server.Https is null)
        {
            report.Record(
                $"The server listens on {installation.Options.Server.Http} without HTTPS: "
                + "it refuses tokens and passwords from other machines.",
                "Set 'server.https', or put an HTTPS proxy in front of it and set 'server.behindProxy'.");
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
