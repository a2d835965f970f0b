using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;
using Hutch.Zone.Logins;
using Hutch.Zone.Mail;
using Microsoft.Extensions.Logging;

namespace Hutch.Zone.Delivery;

/// <summary>
/// Sends the mails in the outbox in sequence and retries failed ones with growing delays. A link with a secret is created when its mail is
/// sent, so that no secret is stored in the outbox. Each attempt creates its own.
/// </summary>
public sealed partial class MailSender
{
    private const int AtOnce = 50;

    private static readonly TimeSpan SendLimit = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan AwayStep = TimeSpan.FromSeconds(5);

    private readonly ZoneDatabase _zone;
    private readonly Mailbox _mailbox;
    private readonly LoginService _logins;
    private readonly MailOptions _options;
    private readonly AccountOptions _accounts;
    private readonly IMailTransport _transport;
    private readonly TimeProvider _time;
    private readonly ILogger<MailSender> _logger;

    internal MailSender(
        ZoneDatabase zone, Mailbox mailbox, LoginService logins, MailOptions options,
        AccountOptions accounts, IMailTransport transport, TimeProvider time,
        ILogger<MailSender> logger)
    {
        _zone = zone;
        _mailbox = mailbox;
        _logins = logins;
        _options = options;
        _accounts = accounts;
        _transport = transport;
        _time = time;
        _logger = logger;
    }

    /// <summary>Sends until cancelled; returns at once when mail is off.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (_options.IsOn)
        {
            try
            {
                long seen = _zone.Version;
                await SendDueAsync(ct);
                await WaitAsync(seen, ct);
            }
            catch (HutchException e)
            {
                LogAway(e.Error.Message);
                await Task.Delay(AwayStep, _time, ct);
            }
        }
    }

    internal async Task<int> SendDueAsync(CancellationToken ct)
    {
        int sent = 0;
        while (true)
        {
            IReadOnlyList<MailRecord> due = await _zone.ReadAsync(tables => tables.Mails.Due(AtOnce), ct);
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
        _zone.IsEmbedded || await _zone.KeepAsync(tables => tables.Mails.TryLease(mail.Id, _time.GetUtcNow() + SendLimit), ct);

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

            MailText text = _mailbox.Render(mail, link.Value);
            await _transport.SendAsync(new OutgoingMail(mail.Id, mail.Address!, text.Subject, text.Body), ct);
            await _zone.NoteMailAsync(mails => mails.SetSent(mail.Id), CancellationToken.None);
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
            Result<IssuedSecret> code = mail.CreatedAt + TimeSpan.FromMinutes(_accounts.ResetLinkMinutes) > _time.GetUtcNow()
                ? await _logins.CreateMailedLinkAsync(mail.UserId!.Value, ct)
                : ErrorCode.Unprocessable.With("It could not be sent in time and must be requested again.");
            return code.Then<string?>(secret => _mailbox.Page("login#code=" + secret.Reveal()));
        }

        return mail.Template is MailTemplates.Invite or MailTemplates.DatasetPublished
            ? (await _logins.CreateMailedInviteAsync(mail.Facts["invite"], ct)).Then<string?>(
                secret => _mailbox.Page("invite#code=" + secret.Reveal()))
            : (string?)null;
    }

    private async ValueTask RetryAsync(MailRecord mail, Exception e, CancellationToken ct)
    {
        DateTimeOffset now = _time.GetUtcNow();
        double wait = Math.Min(_options.RetrySeconds * Math.Pow(2, Math.Min(mail.Attempts, 30)), _options.MaxRetrySeconds);
        DateTimeOffset next = now + TimeSpan.FromSeconds(wait);
        if (next > mail.CreatedAt + TimeSpan.FromHours(_options.GiveUpHours))
        {
            await AbandonAsync(mail, $"It could not be sent for {_options.GiveUpHours} h: {e.GetBaseException().Message}", ct);
            return;
        }

        LogRetry(mail.Id, mail.Template, wait, e.GetBaseException().Message);
        await _zone.NoteMailAsync(mails => mails.SetFailed(mail.Id, e.GetBaseException().Message, next), ct);
    }

    private async ValueTask AbandonAsync(MailRecord mail, string why, CancellationToken ct)
    {
        LogGivenUp(mail.Id, mail.Template, why);
        await _zone.NoteMailAsync(mails => mails.SetFailed(mail.Id, why, null), ct);
    }

    /// <summary>Waits until the next mail is due or the zone changes, because a change may have added one.</summary>
    private async Task WaitAsync(long seen, CancellationToken ct)
    {
        DateTimeOffset? next = await _zone.ReadAsync(tables => tables.Mails.NextDue(), ct);
        TimeSpan wait = next - _time.GetUtcNow() ?? Timeout.InfiniteTimeSpan;
        try
        {
            await _zone.WaitForChangeAsync(seen, ct).WaitAsync(
                next is null ? wait : wait > TimeSpan.Zero ? wait : TimeSpan.Zero, _time, ct);
        }
        catch (TimeoutException)
        {
            // The time has come.
        }
    }
}
