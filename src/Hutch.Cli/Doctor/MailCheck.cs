using System.Net.Sockets;
using Hutch.Zone.Mail;

namespace Hutch.Cli.Doctor;

/// <summary>Checks that the mail server answers. Nothing is sent.</summary>
internal static class MailCheck
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    internal static async Task RunAsync(Installation installation, DoctorReport report, CancellationToken cancellationToken)
    {
        MailOptions mail = installation.Options.Mail;
        if (!mail.IsOn)
        {
            return;
        }

        using var timeout = new CancellationTokenSource(Timeout, installation.Host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        string what;
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(mail.Host!, mail.Port, either.Token);
            var greeting = new byte[256];
            int length = await client.GetStream().ReadAsync(greeting, either.Token);
            string text = Encoding.Latin1.GetString(greeting, 0, length).Trim();
            if (text.StartsWith("220", StringComparison.Ordinal))
            {
                return;
            }

            what = length == 0 ? "it closed the connection" : $"it replied {Display.Quote(text)}";
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            what = e.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            what = "it sent no greeting";
        }

        report.Problem(
            $"The mail server {mail.Host}:{mail.Port} does not accept mail: {what}.",
            "Check 'mail.host', 'mail.port' and the network. Outgoing mail waits for up to three days.");
    }
}
