using Hutch.Zone.Mail;

namespace Hutch.Zone.Delivery;

public interface IMailTransport
{
    /// <summary>
    /// Delivers one mail; returns when it was accepted. Throws <see cref="MailRefusedException"/> when a retry is useless, and any other
    /// exception when it is not.
    /// </summary>
    Task SendAsync(OutgoingMail mail, CancellationToken ct);
}
