using System.Net.Mail;
using Hutch.Zone.Mail;

namespace Hutch.Zone.Delivery;

/// <summary>Sends mail by SMTP with the platform's client, with one connection for each mail, because mails are few.</summary>
internal sealed class SmtpTransport(MailOptions options) : IMailTransport
{
    private static readonly SmtpStatusCode[] Useless =
    [
        SmtpStatusCode.MailboxUnavailable, SmtpStatusCode.MailboxNameNotAllowed, SmtpStatusCode.UserNotLocalTryAlternatePath,
    ];

    public async Task SendAsync(OutgoingMail mail, CancellationToken ct)
    {
        using var client = new SmtpClient(options.Host, options.Port)
        {
            EnableSsl = options.StartTls,
            DeliveryMethod = SmtpDeliveryMethod.Network,
            Credentials = string.IsNullOrEmpty(options.User) ? null : new NetworkCredential(options.User, options.Password),
        };
        using MailMessage message = Write(mail);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(TimeSpan.FromSeconds(options.TimeoutSeconds));
        try
        {
            // The client does not look at the token while an answer of the server does not end: its disposal breaks the connection.
            await client.SendMailAsync(message, timeout.Token).WaitAsync(timeout.Token);
        }
        catch (SmtpException e) when (Useless.Contains(e.StatusCode))
        {
            throw new MailRefusedException($"The mail server rejected the address ({(int)e.StatusCode}).", e);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"The mail server {options.Host} did not accept the mail within {options.TimeoutSeconds} s.");
        }
    }

    private MailMessage Write(OutgoingMail mail)
    {
        var from = new MailAddress(options.From!, "Hutch");
        var message = new MailMessage(from, new MailAddress(mail.To))
        {
            Subject = mail.Subject,
            SubjectEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
            Body = mail.Body,
            BodyEncoding = Encoding.UTF8,
            IsBodyHtml = false,
        };

        // A mail that was sent twice (a crash between sending and recording it) is one mail to clients that compare its id.
        message.Headers.Add("Message-ID", $"<hutch-{mail.Id}@{from.Host}>");
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }
}
