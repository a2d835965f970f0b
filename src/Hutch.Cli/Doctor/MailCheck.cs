using System.Net.Sockets;
using System.Text;
using Hutch.Zone.Mail;

namespace Hutch.Cli.Doctor;

/// <summary>Whether the mail server answers. Nothing is sent.</summary>
internal static class MailCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    internal static async Task LookAsync(Patient patient, DoctorReport report, CancellationToken cancellationToken)
    {
        MailOptions mail = patient.Options.Mail;
        if (!mail.IsOn)
        {
            return;
        }

        using var patience = new CancellationTokenSource(Patience, patient.Host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
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

            what = length == 0 ? "it hangs up" : $"it says '{text}'";
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            what = e.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            what = "it says nothing";
        }

        report.Problem(
            $"The mail server {mail.Host}:{mail.Port} does not take mail: {what}.",
            "Correct 'mail.host' and 'mail.port', or the way there. What is to be sent waits, for three days.");
    }
}
