using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Hutch.Api;
using Hutch.Hosting;
using Hutch.Model;
using Hutch.S3;

namespace Hutch.Cli.Doctor;

/// <summary>A server that runs is asked how it is; where none runs, whether it could listen.</summary>
internal static class ServerCheck
{
    private const int MaxAnswerBytes = 1 << 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    internal static async Task LookAsync(Installation installation, DoctorReport report, CancellationToken cancellationToken)
    {
        foreach ((string option, string? text) in Addresses(installation))
        {
            if (TryParse(text, out IPEndPoint? address) && address.Port != 0)
            {
                if (installation.Holder is null)
                {
                    TryListen(option, address, report);
                }
                else
                {
                    await ConnectAsync(installation, option, address, report, cancellationToken);
                }
            }
        }

        if (installation.Holder is not null)
        {
            await AskAsync(installation, report, cancellationToken);
        }
    }

    private static IEnumerable<(string Option, string? Text)> Addresses(Installation installation) =>
    [
        ("server.http", installation.Options.Server.Http == ServeOptions.Nowhere ? null : installation.Options.Server.Http),
        ("server.https", installation.Options.Server.Https),
        ("s3.address", installation.Options.S3.Address == S3Options.Off ? null : installation.Options.S3.Address),
        ("s3.https", installation.Options.S3.Https),
    ];

    private static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPEndPoint? address)
    {
        try
        {
            address = text is null ? null : ListenAddress.Parse(text, 8470);
        }
        catch (HutchException)
        {
            // The configuration's own check has told it.
            address = null;
        }

        return address is not null;
    }

    private static void TryListen(string option, IPEndPoint address, DoctorReport report)
    {
        try
        {
            using var listener = new TcpListener(address);
            listener.Start();
        }
        catch (SocketException e)
        {
            (string what, string advice) = e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse =>
                    ("another program uses it", $"`ss -ltnp 'sport = :{address.Port}'` shows which. Stop it, or choose another port."),
                SocketError.AccessDenied => (
                    "this user may not listen on ports below 1024",
                    "Choose a higher port, or give the service the capability CAP_NET_BIND_SERVICE."),
                SocketError.AddressNotAvailable => ("this machine does not have the address", "Choose one of `ip address`, or * for all."),
                _ => (e.Message, "Choose another address."),
            };
            report.Problem($"The server cannot listen on {address} ('{option}'): {what}.", advice);
        }
    }

    private static async Task ConnectAsync(
        Installation installation, string option, IPEndPoint address, DoctorReport report, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, installation.Host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(Reachable(address), either.Token);
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            report.Problem(
                $"The data folder is in use by {installation.Holder}, but nothing answers at {address} ('{option}').",
                "If the server was started with other options, pass them to this command too. "
                + "Otherwise check its log (`journalctl -u hutch`).");
        }
    }

    private static async Task AskAsync(Installation installation, DoctorReport report, CancellationToken cancellationToken)
    {
        bool isPlain = TryParse(installation.Options.Server.Http, out IPEndPoint? address);
        if ((!isPlain && !TryParse(installation.Options.Server.Https, out address)) || address!.Port == 0)
        {
            return;
        }

        // It must be the one of the configuration, whoever vouches for it: that it is good is looked at elsewhere.
        byte[]? expected = CertificateCheck.Find(installation);
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) =>
                    expected is not null && shown?.GetRawCertData().AsSpan().SequenceEqual(expected) == true,
            },
        };
        using var http = new HttpClient(handler) { Timeout = Timeout, MaxResponseContentBufferSize = MaxAnswerBytes };
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(
                new Uri($"{(isPlain ? "http" : "https")}://{Reachable(address)}/health/ready"), cancellationToken);
            string[] lines = (await answer.Content.ReadAsStringAsync(cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (!answer.IsSuccessStatusCode)
            {
                report.Problem($"The server is not ready: {string.Join(' ', lines)}", "Check its log (`journalctl -u hutch`).");
            }

            foreach (string warning in lines.Where(static line => line.StartsWith("warning ", StringComparison.Ordinal)))
            {
                report.Problem(
                    $"The server warns: {warning["warning ".Length..]}", "Follow the warning; programs read it at `GET /api/v1/warnings`.");
            }
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // Who does not even take a connection was told above.
            report.Note(
                string.Create(CultureInfo.InvariantCulture, $"Cannot get the status of the server at {address}: {e.Message}"),
                "Check its log (`journalctl -u hutch`).");
        }
    }

    /// <summary>Where one reaches who listens at all addresses.</summary>
    private static IPEndPoint Reachable(IPEndPoint address) =>
        address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any)
            ? new IPEndPoint(IPAddress.Loopback, address.Port)
            : address;
}
