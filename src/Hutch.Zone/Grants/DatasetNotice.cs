using System.Globalization;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Mail;

namespace Hutch.Zone.Grants;

/// <summary>Something that the server has to say about a dataset.</summary>
public sealed class DatasetNotice
{
    private readonly (string Name, string Text)[] _facts;

    private DatasetNotice(string template, string key, params (string Name, string Text)[] facts)
    {
        Template = template;
        Key = key;
        _facts = facts;
    }

    /// <summary>Which words.</summary>
    internal string Template { get; }

    /// <summary>What it is about: the same of the same dataset is said to nobody twice.</summary>
    internal string Key { get; }

    /// <summary>The dataset is published, and the invite leads to it.</summary>
    /// <param name="invite">An invite that was not mailed otherwise. Its code goes out once: tell one address of it.</param>
    public static DatasetNotice Published(InviteRecord invite)
    {
        ArgumentNullException.ThrowIfNull(invite);
        return new DatasetNotice(
            MailTemplates.DatasetPublished, invite.Id, ("invite", invite.Id), ("expires", Mailbox.Time(invite.ExpiresAt)));
    }

    /// <summary>Acquisition has ended.</summary>
    /// <param name="at">When.</param>
    /// <param name="files">Files of the dataset.</param>
    /// <param name="bytes">Their bytes.</param>
    public static DatasetNotice AcquisitionEnded(DateTimeOffset at, long files, long bytes) => new(
        MailTemplates.AcquisitionEnded, Stamp(at), ("time", Mailbox.Time(at)),
        ("files", files.ToString(CultureInfo.InvariantCulture)), ("size", Display.Bytes(bytes)));

    /// <summary>The files stay at the facility until a time that comes.</summary>
    /// <param name="end">Until when.</param>
    /// <param name="before">Which reminder of that end it is.</param>
    public static DatasetNotice RetentionReminder(DateTimeOffset end, string before) =>
        new(MailTemplates.RetentionReminder, $"{Stamp(end)} {before}", ("end", Mailbox.Time(end)));

    /// <summary>The time of the files at the facility is over.</summary>
    /// <param name="end">Since when.</param>
    /// <param name="outcome">What happens, in a sentence.</param>
    public static DatasetNotice RetentionEnded(DateTimeOffset end, string outcome) =>
        new(MailTemplates.RetentionEnded, Stamp(end), ("end", Mailbox.Time(end)), ("outcome", outcome));

    /// <summary>The copies that somebody asked for are there.</summary>
    /// <param name="key">Which, and since when they were lacking.</param>
    /// <param name="wanted">What was asked for.</param>
    /// <param name="how">How it stands, in a sentence.</param>
    public static DatasetNotice CopiesComplete(string key, string wanted, string how) =>
        new(MailTemplates.CopiesComplete, key, ("wanted", wanted), ("how", how));

    /// <summary>The copies that somebody asked for do not come.</summary>
    /// <param name="key">Which, and since when they are lacking.</param>
    /// <param name="wanted">What was asked for.</param>
    /// <param name="since">Since when nothing has come.</param>
    /// <param name="how">How it stands, in a sentence.</param>
    public static DatasetNotice CopiesStuck(string key, string wanted, DateTimeOffset since, string how) =>
        new(MailTemplates.CopiesStuck, key, ("wanted", wanted), ("since", Mailbox.Time(since)), ("how", how));

    /// <summary>The home of the dataset was declared lost, and another site goes on.</summary>
    /// <param name="epoch">The epoch that begins.</param>
    /// <param name="lost">The site that was lost.</param>
    /// <param name="home">The site that goes on.</param>
    public static DatasetNotice HomeLost(long epoch, string lost, string home) => new(
        MailTemplates.HomeLost, string.Create(CultureInfo.InvariantCulture, $"epoch {epoch}"), ("lost", lost), ("home", home));

    /// <summary>What a lost home had accepted is back, as this dataset.</summary>
    /// <param name="of">The dataset of which it is.</param>
    /// <param name="site">The site where it was accepted.</param>
    public static DatasetNotice HomeReturned(NameRecord of, string site)
    {
        ArgumentNullException.ThrowIfNull(of);
        return new DatasetNotice(MailTemplates.HomeReturned, of.Dataset.ToString(), ("of", of.FullName), ("lost", site));
    }

    /// <summary>The values of the placeholders, for a dataset.</summary>
    internal (string Name, string Text)[] Facts(NameRecord dataset) =>
        [.. _facts, ("dataset", dataset.FullName), ("page", "datasets/" + dataset.Dataset)];

    private static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
