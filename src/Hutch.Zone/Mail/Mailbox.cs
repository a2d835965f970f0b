using Hutch.Zone.Authorization;
using Hutch.Zone.Limits;

namespace Hutch.Zone.Mail;

/// <summary>
/// Notifies users: each notice is stored for the portal and, if mail is on and there is an address, sent. It is part of a change of the
/// zone, so that a notice exists exactly when its change does.
/// </summary>
public sealed class Mailbox
{
    private const long LeastBytes = 1024;
    private const string OnlyInTheMail = "(the link is only in the email)";

    private readonly ZoneDatabase _zone;
    private readonly MailOptions _options;
    private readonly string _site;
    private readonly Uri? _portal;
    private readonly MailTemplates _templates;

    /// <param name="portal">The address of the portal; null when it is not configured.</param>
    public Mailbox(ZoneDatabase zone, MailOptions options, Uri? portal, IDisk disk)
    {
        _templates = MailTemplates.Open(disk, options.TemplateFolder);
        _zone = zone;
        _options = options;
        _portal = portal;
        _site = portal?.Host ?? "Hutch";
    }

    public bool IsOn => _options.IsOn;

    /// <summary>Lists the mails to the caller, and those that the caller caused to people without an account; the newest first.</summary>
    /// <param name="before">Only mails before this number; null from the newest.</param>
    public ValueTask<Result<IReadOnlyList<MailRecord>>> ListAsync(Caller caller, long? before, int limit, CancellationToken ct) =>
        ReadAsync(caller, t => t.Mails.ListOf(caller.UserId, before, Math.Clamp(limit, 1, AccountLimits.MaxPage)), ct);

    /// <summary>Lists the mails to the caller that it wants in the bell; the newest first.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public ValueTask<Result<IReadOnlyList<MailRecord>>> ListInBellAsync(Caller caller, long? before, int limit, CancellationToken ct) =>
        ReadAsync(caller, t => t.Mails.ListInBell(caller.UserId, before, Math.Clamp(limit, 1, AccountLimits.MaxPage)), ct);

    /// <summary>Lists what the caller wants of each kind of notification that it can mute.</summary>
    public ValueTask<Result<IReadOnlyList<NoticeChoice>>> ListChoicesAsync(Caller caller, CancellationToken ct) =>
        ReadAsync<NoticeChoice>(
            caller, t => [.. NoticeKindNames.Mutable.Select(kind => t.MutedNotices.Find(caller.UserId, kind))], ct);

    /// <summary>Sets where the caller wants notifications of a kind. A mail that waits already is still sent.</summary>
    public ValueTask<Result<Done>> ChooseAsync(Caller caller, NoticeChoice choice, CancellationToken ct)
    {
        return _zone.ChangeAsync<Done>(
            caller.Actor,
            change =>
            {
                if (Authorizer.Authorize(caller, Operation.NoticesChange) is { IsOk: false } refused)
                {
                    return refused.Error;
                }

                change.MutedNotices.Set(caller.UserId, choice);
                change.AddAudit(
                    Operation.NoticesChange.Name, null,
                    $"{choice.Kind.ToName()}: bell {(choice.InBell ? "on" : "off")}, mail {(choice.ByMail ? "on" : "off")}");
                return Done.Value;
            },
            ct);
    }

    /// <summary>Returns the text of a mail for the portal, without its secret.</summary>
    public MailText Read(MailRecord mail) => Render(mail, OnlyInTheMail);

    /// <summary>Returns the text of the mail about a published dataset, to be passed on by hand.</summary>
    /// <param name="invite">The address where the invite is accepted.</param>
    public MailText WritePublished(DatasetId dataset, string name, string invite, DateTimeOffset expires) => _templates.Render(
        MailTemplates.DatasetPublished,
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["site"] = _site,
            ["dataset"] = name,
            ["page"] = Page(PortalUrl.DatasetPage(dataset)),
            ["expires"] = Time(expires),
            [MailTemplates.SecretGap] = invite,
        });

    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    internal MailText Render(MailRecord mail, string? link)
    {
        var facts = new Dictionary<string, string>(mail.Facts, StringComparer.Ordinal) { ["site"] = _site };
        if (link is not null)
        {
            facts[MailTemplates.SecretGap] = link;
        }

        if (facts.TryGetValue("page", out string? page))
        {
            facts["page"] = Page(page);
        }

        return _templates.Render(mail.Template, facts);
    }

    internal string Page(string page) => _portal is null ? page : PortalUrl.For(_portal, page);

    internal void Send(
        ZoneChange change, UserRecord to, PrincipalId? by, string template, params ReadOnlySpan<(string Name, string Text)> facts) =>
        Add(change, to.Id, to.Email, by, template, facts);

    internal void SendTo(
        ZoneChange change, string address, PrincipalId? by, string template, params ReadOnlySpan<(string Name, string Text)> facts) =>
        Add(change, null, address, by, template, facts);

    private void Add(
        ZoneChange change, PrincipalId? user, string? address, PrincipalId? by,
        string template, ReadOnlySpan<(string Name, string Text)> facts)
    {
        var stored = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string text) in facts)
        {
            stored[name] = text;
        }

        // It stays as a line of the audit does, and one change may have many.
        change.CountDocument(LeastBytes);
        NoticeKind kind = MailTemplates.KindOf(template);
        bool isWanted = user is not { } person || change.MutedNotices.Find(person, kind).ByMail;
        change.Mails.Add(user, by, address, template, kind, stored, _options.IsOn && address is not null && isWanted);
    }

    private async ValueTask<Result<IReadOnlyList<T>>> ReadAsync<T>(
        Caller caller, Func<ZoneTables, IReadOnlyList<T>> read, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.MailRead);
        return allowed.IsOk ? Result<IReadOnlyList<T>>.Ok(await _zone.ReadAsync(read, ct)) : allowed.Error;
    }
}

/// <param name="Subject">The subject: one line.</param>
public sealed record MailText(string Subject, string Body);
