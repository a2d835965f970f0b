using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Hutch.Api.Hosting;
using Hutch.Hosting;
using Hutch.Model;
using Hutch.S3.Hosting;

namespace Hutch.Cli.Doctor;

/// <summary>A server that runs is asked how it is; where none runs, whether it could listen.</summary>
internal static class ServerCheck
{
    private const int MaxAnswerBytes = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    internal static async Task LookAsync(Patient patient, DoctorReport report, CancellationToken cancellationToken)
    {
        foreach ((string option, string? text) in Addresses(patient))
        {
            if (TryParse(text, out IPEndPoint? address) && address.Port != 0)
            {
                if (patient.Holder is null)
                {
                    TryListen(option, address, report);
                }
                else
                {
                    await ConnectAsync(patient, option, address, report, cancellationToken);
                }
            }
        }

        if (patient.Holder is not null)
        {
            await AskAsync(patient, report, cancellationToken);
        }
    }

    private static IEnumerable<(string Option, string? Text)> Addresses(Patient patient) =>
    [
        ("server.http", patient.Options.Server.Http == ServeOptions.Nowhere ? null : patient.Options.Server.Http),
        ("server.https", patient.Options.Server.Https),
        ("s3.address", patient.Options.S3.Address == S3Options.Off ? null : patient.Options.S3.Address),
        ("s3.https", patient.Options.S3.Https),
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
                    ("another program listens there", $"`ss -ltnp 'sport = :{address.Port}'` says which. Stop it, or choose another port."),
                SocketError.AccessDenied => (
                    "ports below 1024 are not for this user",
                    "Choose a higher port, or give the service the capability CAP_NET_BIND_SERVICE."),
                SocketError.AddressNotAvailable => ("this machine does not have the address", "Choose one of `ip address`, or * for all."),
                _ => (e.Message, "Choose another address."),
            };
            report.Problem($"The server cannot listen at {address} ('{option}'): {what}.", advice);
        }
    }

    private static async Task ConnectAsync(
        Patient patient, string option, IPEndPoint address, DoctorReport report, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, patient.Host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(Reachable(address), either.Token);
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            report.Problem(
                $"The data folder is open in {patient.Holder}, and nobody answers at {address} ('{option}').",
                "Perhaps it was started with other flags than the configuration has: give them to this command too. "
                + "Else look at its log (`journalctl -u hutch`).");
        }
    }

    private static async Task AskAsync(Patient patient, DoctorReport report, CancellationToken cancellationToken)
    {
        bool isPlain = TryParse(patient.Options.Server.Http, out IPEndPoint? address);
        if ((!isPlain && !TryParse(patient.Options.Server.Https, out address)) || address!.Port == 0)
        {
            return;
        }

        // It must be the one of the configuration, whoever vouches for it: that it is good is looked at elsewhere.
        byte[]? expected = CertificateCheck.Find(patient);
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) =>
                    expected is not null && shown?.GetRawCertData().AsSpan().SequenceEqual(expected) == true,
            },
        };
        using var http = new HttpClient(handler) { Timeout = Patience, MaxResponseContentBufferSize = MaxAnswerBytes };
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(
                new Uri($"{(isPlain ? "http" : "https")}://{Reachable(address)}/health/ready"), cancellationToken);
            string[] lines = (await answer.Content.ReadAsStringAsync(cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (!answer.IsSuccessStatusCode)
            {
                report.Problem($"The server is not ready: {string.Join(' ', lines)}", "Look at its log (`journalctl -u hutch`).");
            }

            foreach (string warning in lines.Where(static line => line.StartsWith("warning ", StringComparison.Ordinal)))
            {
                report.Problem(
                    $"The server warns: {warning["warning ".Length..]}", "Do as it says; `GET /api/v1/warnings` has it for programs.");
            }
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // Who does not even take a connection was told above.
            report.Note(
                string.Create(CultureInfo.InvariantCulture, $"The server at {address} could not be asked how it is: {e.Message}"),
                "Look at its log (`journalctl -u hutch`).");
        }
    }

    /// <summary>Where one reaches who listens at all addresses.</summary>
    private static IPEndPoint Reachable(IPEndPoint address) =>
        address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any)
            ? new IPEndPoint(IPAddress.Loopback, address.Port)
            : address;
}
