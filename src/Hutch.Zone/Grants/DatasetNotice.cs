using Hutch.Zone.Mail;

namespace Hutch.Zone.Grants;

public sealed class DatasetNotice
{
    private readonly (string Name, string Text)[] _facts;
    private readonly string _key;
    private bool _isOfOwner;

    private DatasetNotice(string template, string key, params (string Name, string Text)[] facts)
    {
        Template = template;
        _key = key;
        _facts = facts;
    }

    internal string Template { get; }

    /// <summary>The subject of the notice: each recipient receives one notice for each dataset and key.</summary>
    internal string KeyOf(DatasetId dataset) => _isOfOwner ? _key : $"{dataset} {_key}";

    /// <param name="invite">An invite that is not mailed otherwise. Its code is sent once: use it with one address.</param>
    public static DatasetNotice Published(InviteRecord invite)
    {
        return new DatasetNotice(
            MailTemplates.DatasetPublished, invite.Id, ("invite", invite.Id), ("expires", Mailbox.Time(invite.ExpiresAt)));
    }

    public static DatasetNotice AcquisitionEnded(DateTimeOffset at, long files, long bytes) => new(
        MailTemplates.AcquisitionEnded, Stamp(at), ("time", Mailbox.Time(at)),
        ("files", files.ToString(CultureInfo.InvariantCulture)), ("size", Display.Bytes(bytes)));

    /// <summary>The files stay at the facility until a time in the future.</summary>
    /// <param name="before">The time before the end, which distinguishes the reminders.</param>
    public static DatasetNotice RetentionReminder(DateTimeOffset end, string before) =>
        new(MailTemplates.RetentionReminder, $"{Stamp(end)} {before}", ("end", Mailbox.Time(end)));

    public static DatasetNotice RetentionEnded(DateTimeOffset end, string outcome) =>
        new(MailTemplates.RetentionEnded, Stamp(end), ("end", Mailbox.Time(end)), ("outcome", outcome));

    /// <summary>Bytes of temporary datasets of an owner expire: one notice for each day.</summary>
    public static DatasetNotice Expiring(ExpiringDatasets datasets)
    {
        return new DatasetNotice(
            MailTemplates.Expiring, $"{datasets.Owner} {Day(datasets.First)}", ("owner", datasets.Owner),
            ("more", datasets.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {datasets.Count - 1} more")),
            ("day", Day(datasets.First)), ("first", Mailbox.Time(datasets.First)))
        {
            _isOfOwner = true,
        };
    }

    /// <param name="key">The request, and the time since when copies were missing.</param>
    public static DatasetNotice CopiesComplete(string key, string wanted, string how) =>
        new(MailTemplates.CopiesComplete, key, ("wanted", wanted), ("how", how));

    public static DatasetNotice CopiesStuck(string key, string wanted, DateTimeOffset since, string how) =>
        new(MailTemplates.CopiesStuck, key, ("wanted", wanted), ("since", Mailbox.Time(since)), ("how", how));

    /// <summary>The home of the dataset was declared lost, and another site is its home now.</summary>
    public static DatasetNotice HomeLost(long epoch, string lost, string home) => new(
        MailTemplates.HomeLost, string.Create(CultureInfo.InvariantCulture, $"epoch {epoch}"), ("lost", lost), ("home", home));

    /// <summary>The data that a lost home had accepted is back, as this dataset.</summary>
    public static DatasetNotice HomeReturned(NameRecord of, string site)
    {
        return new DatasetNotice(MailTemplates.HomeReturned, of.Dataset.ToString(), ("of", of.FullName), ("lost", site));
    }

    /// <summary>A program that starts by itself did not, for a reason that stays.</summary>
    public static DatasetNotice ProgramRefused(string program, string rule, string reason) => new(
        MailTemplates.ProgramRefused, $"{program} {rule}", ("program", program), ("rule", rule), ("reason", reason));

    /// <summary>A run of a program, which an engine of the site executed, ended with results in a dataset.</summary>
    /// <param name="state">The state of the results, and what to do about it, in a sentence; empty for none.</param>
    public static DatasetNotice RunEnded(string key, string program, string outcome, string? message, string state) => new(
        MailTemplates.RunEnded, key, ("program", program), ("outcome", outcome), ("message", message ?? ""), ("state", state));

    internal (string Name, string Text)[] Facts(NameRecord dataset) =>
        [.. _facts, ("dataset", dataset.FullName), ("page", PortalUrl.DatasetPage(dataset.Dataset))];

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
