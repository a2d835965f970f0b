using System.Net;
using System.Net.Sockets;
using Hutch.Cli.Configuration;
using Hutch.Doors;
using Hutch.S3;
using Hutch.Server;

namespace Hutch.Cli.Doctor;

/// <summary>A server that runs is asked how it is; where none runs, whether it could listen.</summary>
internal static class ServerCheck
{
    private const string Warns = "The server warns: ";
    private const string OfPrograms = Warns + "program-";
    private const int MaxAnswerBytes = 1 << 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    internal static async Task RunAsync(Installation installation, DoctorReport report, CancellationToken cancellationToken)
    {
        if (installation.IsHidden)
        {
            // The ports may be those of this server. The check of the folder says how to look.
            return;
        }

        Listener[] listeners = [.. Running(installation)];
        if (listeners.Length == 0)
        {
            listeners = [.. Configured(installation)];
        }

        foreach (Listener listener in listeners.Where(listener => listener.Address.Port != 0))
        {
            if (installation.Holder is null)
            {
                TryListen(listener, report);
            }
            else
            {
                await ConnectAsync(installation, listener, report, cancellationToken);
            }
        }

        if (installation.Holder is not null && listeners.FirstOrDefault(listener => listener.IsRest) is { Address.Port: not 0 } rest)
        {
            await RequestAsync(installation, rest, report, cancellationToken);
        }
    }

    /// <summary>
    /// Returns what a running server found about its programs, such as a sandbox that its unit forbids; nothing if none runs.
    /// </summary>
    internal static async Task<IReadOnlyList<string>> FindProgramWarningsAsync(
        Installation installation, CancellationToken cancellationToken)
    {
        var report = new DoctorReport();
        if (installation.Options.Programs.Folder is not null
            && Running(installation).FirstOrDefault(static listener => listener.IsRest) is { Address.Port: not 0 } rest)
        {
            await RequestAsync(installation, rest, report, cancellationToken);
        }

        return
        [
            .. report.Findings.Select(static finding => finding.What)
                .Where(static what => what.StartsWith(OfPrograms, StringComparison.Ordinal)),
        ];
    }

    /// <summary>The listening addresses that the server with the folder reports, regardless of the configuration.</summary>
    private static IEnumerable<Listener> Running(Installation installation)
    {
        foreach ((string door, Uri uri) in installation.Holder is { } holder ? DataFolderLock.DoorsOf(holder) : [])
        {
            if (IPAddress.TryParse(uri.Host, out IPAddress? ip))
            {
                yield return new Listener(
                    door, new IPEndPoint(ip, uri.Port), IsRest: door == HutchServer.RestDoor, uri.Scheme == Uri.UriSchemeHttps);
            }
        }
    }

    private static IEnumerable<Listener> Configured(Installation installation)
    {
        (ServerSection server, S3Options s3) = (installation.Options.Server, installation.Options.S3);
        (string Option, string? Text, bool IsRest, bool IsSecure)[] options =
        [
            ("server.http", server.Http == ServeOptions.Nowhere ? null : server.Http, true, false),
            ("server.https", server.Https, true, true),
            ("s3.address", s3.Address == S3Options.Off ? null : s3.Address, false, false),
            ("s3.https", s3.Https, false, true),
        ];
        foreach ((string option, string? text, bool isRest, bool isSecure) in options)
        {
            if (TryParse(text, out IPEndPoint? address))
            {
                yield return new Listener($"'{option}'", address, isRest, isSecure) { IsConfigured = true };
            }
        }
    }

    private static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPEndPoint? address)
    {
        try
        {
            address = text is null ? null : ListenAddress.Parse(text, 8470);
        }
        catch (HutchException)
        {
            // The configuration's own check has reported it.
            address = null;
        }

        return address is not null;
    }

    private static void TryListen(Listener wanted, DoctorReport report)
    {
        if (ListenAddress.Probe(wanted.Address) is (string problem, string remedy))
        {
            report.Problem($"The server cannot listen on {wanted.Address} ({wanted.Name}): {problem}.", remedy);
        }
    }

    private static async Task ConnectAsync(
        Installation installation, Listener listener, DoctorReport report, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, installation.Host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(Reachable(listener.Address), either.Token);
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            report.Problem(
                $"The data folder is in use by {installation.Holder}, but nothing answers at {listener.Address} ({listener.Name}).",
                listener.IsConfigured
                    ? "If the server was started with other options, pass them to this command too. "
                        + "Otherwise check its log (`journalctl -u hutch`)."
                    : "Check its log (`journalctl -u hutch`).");
        }
    }

    private static async Task RequestAsync(
        Installation installation, Listener rest, DoctorReport report, CancellationToken cancellationToken)
    {
        // It must be the configured certificate, whatever its issuer: another check examines its validity.
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
                new Uri($"{(rest.IsSecure ? "https" : "http")}://{Reachable(rest.Address)}/health/ready"), cancellationToken);
            string[] lines = (await answer.Content.ReadAsStringAsync(cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (!answer.IsSuccessStatusCode)
            {
                report.Problem($"The server is not ready: {string.Join(' ', lines)}", "Check its log (`journalctl -u hutch`).");
            }

            foreach (string warning in lines.Where(static line => line.StartsWith("warning ", StringComparison.Ordinal)))
            {
                report.Problem(
                    $"{Warns}{warning["warning ".Length..]}", "Follow the warning; programs read it at `GET /api/v1/warnings`.");
            }
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // A listener that does not even accept a connection was reported above.
            report.Record(
                string.Create(CultureInfo.InvariantCulture, $"Cannot get the status of the server at {rest.Address}: {e.Message}"),
                "Check its log (`journalctl -u hutch`).");
        }
    }

    private static IPEndPoint Reachable(IPEndPoint address) =>
        address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any)
            ? new IPEndPoint(IPAddress.Loopback, address.Port)
            : address;

    private sealed record Listener(string Name, IPEndPoint Address, bool IsRest, bool IsSecure)
    {
        /// <summary>True if it comes from the configuration only, not from the running server.</summary>
        public bool IsConfigured { get; init; }
    }
}
