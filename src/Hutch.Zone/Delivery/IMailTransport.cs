using Hutch.Zone.Mail;

namespace Hutch.Zone.Delivery;

public interface IMailTransport
{
    /// <summary>
    /// Hands one over; returns when it was taken. Throws <see cref="MailRefusedException"/> when trying again is useless, any other
    /// exception when it is not.
    /// </summary>
    Task SendAsync(OutgoingMail mail, CancellationToken ct);
}
