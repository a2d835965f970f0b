using System.Globalization;
using Hutch.Catalog.Zone;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Limits;

namespace Hutch.Zone.Mail;

/// <summary>
/// Notifies people: each notice is kept for the portal and, when mail is on and there is an address, sent. Said inside a change of
/// the zone, so that it is said exactly when the change was made.
/// </summary>
public sealed class Mailbox
{
    private const string OnlyInTheMail = "(the link is only in the email)";

    private readonly ZoneDatabase _zone;
    private readonly MailOptions _options;
    private readonly string _site;
    private readonly Uri? _portal;
    private readonly MailTemplates _templates;

    /// <param name="zone">The zone.</param>
    /// <param name="options">How mail is sent.</param>
    /// <param name="portal">Where people reach the portal; null when that is not configured.</param>
    /// <param name="disk">Where templates are read from.</param>
    public Mailbox(ZoneDatabase zone, MailOptions options, Uri? portal, IDisk disk)
    {
        ArgumentNullException.ThrowIfNull(options);
        _templates = MailTemplates.Open(disk, options.TemplateFolder);
        _zone = zone;
        _options = options;
        _portal = portal;
        _site = portal?.Host ?? "Hutch";
    }

    /// <summary>Whether mail is sent.</summary>
    public bool IsOn => _options.IsOn;

    /// <summary>The mails to the caller, and those to people without an account that the caller caused; the newest first.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="before">Only those before this number; null from the newest.</param>
    /// <param name="limit">At most this many.</param>
    public async ValueTask<Result<IReadOnlyList<MailRecord>>> ListAsync(Caller caller, long? before, int limit, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.MailRead);
        return allowed.IsOk
            ? Result<IReadOnlyList<MailRecord>>.Ok(
                await _zone.ReadAsync(t => t.Mails.ListOf(caller.UserId, before, Math.Clamp(limit, 1, AccountLimits.MaxPage)), ct))
            : allowed.Error;
    }

    /// <summary>A mail in words, as it may be read again: without its secret.</summary>
    public MailText Read(MailRecord mail) => Render(mail, OnlyInTheMail);

    /// <summary>The mail about a published dataset in words, for whoever passes it on by hand.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="name">Its full name.</param>
    /// <param name="invite">Where the invite is accepted.</param>
    /// <param name="expires">When that ends.</param>
    public MailText WritePublished(DatasetId dataset, string name, string invite, DateTimeOffset expires) => _templates.Render(
        MailTemplates.DatasetPublished,
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["site"] = _site,
            ["dataset"] = name,
            ["page"] = Page("datasets/" + dataset),
            ["expires"] = Time(expires),
            [MailTemplates.SecretGap] = invite,
        });

    /// <summary>A time as mails say it.</summary>
    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>A mail in words, as it goes out.</summary>
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

    internal string Page(string page) => _portal is null ? page : PortalUrl.Of(_portal, page);

    internal void Say(
        ZoneChange change, UserRecord to, PrincipalId? by, string template, params ReadOnlySpan<(string Name, string Text)> facts) =>
        Add(change, to.Id, to.Email, by, template, facts);

    /// <summary>Says something to somebody who may have no account.</summary>
    internal void SayTo(
        ZoneChange change, string address, PrincipalId? by, string template, params ReadOnlySpan<(string Name, string Text)> facts) =>
        Add(change, null, address, by, template, facts);

    private void Add(
        ZoneChange change, PrincipalId? user, string? address, PrincipalId? by,
        string template, ReadOnlySpan<(string Name, string Text)> facts)
    {
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string text) in facts)
        {
            kept[name] = text;
        }

        change.Mails.Add(user, by, address, template, kept, _options.IsOn && address is not null);
    }
}

/// <param name="Subject">The subject: one line.</param>
/// <param name="Body">Plain text.</param>
public sealed record MailText(string Subject, string Body);
