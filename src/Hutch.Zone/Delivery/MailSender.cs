using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;
using Hutch.Zone.Logins;
using Hutch.Zone.Mail;

namespace Hutch.Zone.Delivery;

/// <summary>
/// Sends the mails in the outbox in sequence and retries failed ones with growing delays. A link with a secret is created when its mail is
/// sent, so that no secret is stored in the outbox. Each attempt creates its own.
/// </summary>
public sealed partial class MailSender(
    ZoneDatabase zone, Mailbox mailbox, LoginLinks links, InviteLogins inviteLogins, MailOptions options, AccountOptions accounts,
    IMailTransport transport, TimeProvider time, ILogger<MailSender> logger)
{
    private const int AtOnce = 50;
    private const int MaxWords = 500;

    private static readonly TimeSpan SendLimit = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan AwayStep = TimeSpan.FromSeconds(5);

    /// <summary>Sends until cancelled; returns at once when mail is off.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (options.IsOn)
        {
            try
            {
                long seen = zone.Version;
                await SendDueAsync(ct);
                await WaitAsync(seen, ct);
            }
            catch (HutchException e)
            {
                LogAway(e.Error.Message);
                await Task.Delay(AwayStep, time, ct);
            }
        }
    }

    internal async Task<int> SendDueAsync(CancellationToken ct)
    {
        int sent = 0;
        while (true)
        {
            IReadOnlyList<MailRecord> due = await zone.ReadAsync(tables => tables.Mails.Due(AtOnce), ct);
            foreach (MailRecord mail in due)
            {
                sent += await TryLeaseAsync(mail, ct) && await SendAsync(mail, ct) ? 1 : 0;
            }

            if (due.Count < AtOnce)
            {
                return sent;
            }
        }
    }

    /// <summary>
    /// Reserves a mail for this server. If several servers share the zone, one of them sends it. If that one fails midway, another sends it
    /// later, possibly again.
    /// </summary>
    private async ValueTask<bool> TryLeaseAsync(MailRecord mail, CancellationToken ct) =>
        zone.IsEmbedded || await zone.KeepAsync(tables => tables.Mails.TryLease(mail.Id, time.GetUtcNow() + SendLimit), ct);

    private async Task<bool> SendAsync(MailRecord mail, CancellationToken ct)
    {
        try
        {
            Result<string?> link = await MakeLinkAsync(mail, ct);
            if (!link.IsOk)
            {
                await AbandonAsync(mail, link.Error.Message, ct);
                return false;
            }

            MailText text = mailbox.Render(mail, link.Value);
            await transport.SendAsync(new OutgoingMail(mail.Id, mail.Address!, text.Subject, text.Body), ct);
            await zone.NoteMailAsync(mails => mails.SetSent(mail.Id), CancellationToken.None);
            LogSent(mail.Id, mail.Template);
            return true;
        }
        catch (MailRefusedException e)
        {
            await AbandonAsync(mail, e.Message, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            await RetryAsync(mail, e, ct);
        }

        return false;
    }

    private async ValueTask<Result<string?>> MakeLinkAsync(MailRecord mail, CancellationToken ct)
    {
        if (mail.Template == MailTemplates.LoginLink)
        {
            Result<IssuedSecret> code = mail.CreatedAt + TimeSpan.FromMinutes(accounts.ResetLinkMinutes) > time.GetUtcNow()
                ? await links.CreateMailedLinkAsync(mail.UserId!.Value, mail.Address!, ct)
                : ErrorCode.Unprocessable.With("It could not be sent in time and must be requested again.");
            return code.Then<string?>(secret => mailbox.Page("login#code=" + secret.Reveal()));
        }

        return mail.Template is MailTemplates.Invite or MailTemplates.DatasetPublished
            ? (await inviteLogins.CreateMailedAsync(mail.Facts["invite"], ct)).Then<string?>(
                secret => mailbox.Page("invite#code=" + secret.Reveal()))
            : (string?)null;
    }

    /// <summary>The words of the mail server may be of any length, and have lines.</summary>
    private static string WordsOf(Exception e) => Display.Plain(e.GetBaseException().Message, MaxWords);

    private async ValueTask RetryAsync(MailRecord mail, Exception e, CancellationToken ct)
    {
        TimeSpan wait = RetryPolicy.Between(options.RetrySeconds, options.MaxRetrySeconds).DelayAfter(mail.Attempts + 1);
        DateTimeOffset next = time.GetUtcNow() + wait;
        if (next > mail.CreatedAt + TimeSpan.FromHours(options.GiveUpHours))
        {
            await AbandonAsync(mail, $"It could not be sent for {options.GiveUpHours} h: {WordsOf(e)}", ct);
            return;
        }

        LogRetry(mail.Id, mail.Template, wait.TotalSeconds, WordsOf(e));
        await zone.NoteMailAsync(mails => mails.SetFailed(mail.Id, WordsOf(e), next), ct);
    }

    private async ValueTask AbandonAsync(MailRecord mail, string why, CancellationToken ct)
    {
        LogGivenUp(mail.Id, mail.Template, why);
        await zone.NoteMailAsync(mails => mails.SetFailed(mail.Id, why, null), ct);
    }

    /// <summary>Waits until the next mail is due or the zone changes, because a change may have added one.</summary>
    private async Task WaitAsync(long seen, CancellationToken ct)
    {
        DateTimeOffset? next = await zone.ReadAsync(tables => tables.Mails.NextDue(), ct);
        TimeSpan wait = next - time.GetUtcNow() ?? Timeout.InfiniteTimeSpan;
        try
        {
            await zone.WaitForChangeAsync(seen, ct).WaitAsync(
                next is null ? wait : wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, ct);
        }
        catch (TimeoutException)
        {
            // The time has come.
        }
    }

    [LoggerMessage(3101, LogLevel.Debug, "Mail {Id} ({Template}) was accepted by the mail server")]
    private partial void LogSent(long id, string template);

    [LoggerMessage(3102, LogLevel.Warning, "Mail {Id} ({Template}) could not be sent; retrying in {Seconds:0} s: {Reason}")]
    private partial void LogRetry(long id, string template, double seconds, string reason);

    [LoggerMessage(3103, LogLevel.Error, "Mail {Id} ({Template}) was given up: {Reason}")]
    private partial void LogGivenUp(long id, string template, string reason);

    [LoggerMessage(3104, LogLevel.Warning, "Mails wait, as their records cannot be read or written: {Reason}")]
    private partial void LogAway(string reason);
}
