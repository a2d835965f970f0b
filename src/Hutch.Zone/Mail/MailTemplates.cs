using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Hutch.Zone.Mail;

/// <summary>
/// The templates of mails: one file each, with the subject in the first line and placeholders like <c>{user}</c>. A value cannot add a
/// header line: it loses every control character and is not searched for placeholders.
/// </summary>
internal sealed partial class MailTemplates
{
    public const string LoginLink = "login-link";

    public const string Invite = "invite";

    public const string Shared = "shared";

    public const string Offered = "offered";

    public const string PasswordChanged = "password-changed";

    /// <summary>The mail address was changed; sent to the old one.</summary>
    public const string EmailChanged = "email-changed";

    /// <summary>A person has allowed logins at a site.</summary>
    public const string SiteConsent = "site-consent";

    public const string AccessRequested = "access-requested";

    public const string AccessDenied = "access-denied";

    public const string HandedOver = "handed-over";

    public const string DatasetPublished = "dataset-published";

    public const string AcquisitionEnded = "acquisition-ended";

    /// <summary>The retention of a dataset's files at the facility will end.</summary>
    public const string RetentionReminder = "retention-reminder";

    public const string RetentionEnded = "retention-ended";

    /// <summary>Temporary data will expire.</summary>
    public const string Expiring = "expiring";

    public const string CopiesComplete = "copies-complete";

    public const string CopiesStuck = "copies-stuck";

    public const string HomeLost = "home-lost";

    /// <summary>The data that a lost home had accepted is back.</summary>
    public const string HomeReturned = "home-returned";

    /// <summary>A program that starts by itself did not.</summary>
    public const string ProgramRefused = "program-refused";

    public const string RunEnded = "run-ended";

    /// <summary>The placeholder that only the mail itself fills: a link with a secret.</summary>
    public const string SecretGap = "link";

    private const string Extension = ".txt";
    private const int MaxFactCharacters = 500;
    private const int MaxFileBytes = 64 << 10;

    private static readonly FrozenDictionary<string, NoticeKind> Kinds = new Dictionary<string, NoticeKind>
    {
        [LoginLink] = NoticeKind.Account,
        [PasswordChanged] = NoticeKind.Account,
        [EmailChanged] = NoticeKind.Account,
        [SiteConsent] = NoticeKind.Account,
        [Invite] = NoticeKind.Shares,
        [Shared] = NoticeKind.Shares,
        [HandedOver] = NoticeKind.Shares,
        [DatasetPublished] = NoticeKind.Shares,
        [Offered] = NoticeKind.Requests,
        [AccessRequested] = NoticeKind.Requests,
        [AccessDenied] = NoticeKind.Requests,
        [CopiesComplete] = NoticeKind.Copies,
        [CopiesStuck] = NoticeKind.Copies,
        [HomeLost] = NoticeKind.Copies,
        [HomeReturned] = NoticeKind.Copies,
        [ProgramRefused] = NoticeKind.Runs,
        [RunEnded] = NoticeKind.Runs,
        [AcquisitionEnded] = NoticeKind.Acquisitions,
        [RetentionReminder] = NoticeKind.Expiry,
        [RetentionEnded] = NoticeKind.Expiry,
        [Expiring] = NoticeKind.Expiry,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> BuiltIn = Kinds.Keys.ToFrozenDictionary(name => name, Load);

    private readonly FrozenDictionary<string, string> _texts;

    private MailTemplates(FrozenDictionary<string, string> texts) => _texts = texts;

    public static NoticeKind KindOf(string template) => Kinds[template];

    public static MailTemplates Default { get; } = new(BuiltIn);

    /// <summary>
    /// Returns the built-in templates, replaced by those of a folder. An invalid file is refused by name, because a mail without its link
    /// would be noticed too late.
    /// </summary>
    public static MailTemplates Open(IDisk disk, string? folder)
    {
        if (folder is null)
        {
            return Default;
        }

        var texts = new Dictionary<string, string>(BuiltIn, StringComparer.Ordinal);
        var wrong = new List<string>();
        foreach (string file in disk.ListFiles(folder).Where(file => !file.StartsWith('.')))
        {
            string name = Path.GetFileNameWithoutExtension(file);
            if (!file.EndsWith(Extension, StringComparison.Ordinal) || !BuiltIn.ContainsKey(name))
            {
                IEnumerable<string> known = Kinds.Keys.Order(StringComparer.Ordinal).Select(template => template + Extension);
                wrong.Add($"{file}: unknown template; known are {string.Join(", ", known)}");
                continue;
            }

            texts[name] = Encoding.UTF8.GetString(disk.ReadAllBytes(Path.Combine(folder, file), MaxFileBytes)).ReplaceLineEndings("\n");
            wrong.AddRange(Faults(name, texts[name]).Select(fault => $"{file}: {fault}"));
        }

        return wrong.Count == 0
            ? new MailTemplates(texts.ToFrozenDictionary(StringComparer.Ordinal))
            : throw ErrorCode.BadRequest.With(
                $"The mail templates in {Display.Quote(folder)} cannot be used:\n  {string.Join("\n  ", wrong)}").ToException();
    }

    /// <summary>Fills a template. A placeholder without a value stays empty.</summary>
    public MailText Render(string template, IReadOnlyDictionary<string, string> facts)
    {
        string text = Fill(_texts[template], facts);
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        return new MailText(text[..end].Trim(), text[(end + 1)..].Trim() + "\n");
    }

    private static IEnumerable<string> Faults(string name, string text)
    {
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0 || text[..end].Trim().Length == 0 || text[end..].Trim().Length == 0)
        {
            yield return "the first line is the subject, and a text must follow it";
        }

        string[] known = [.. Gaps(BuiltIn[name]).Append("site").Distinct()];
        foreach (string strange in Gaps(text).Except(known))
        {
            yield return $"{{{strange}}} is unknown in this mail; known are {string.Join(", ", known.Select(gap => $"{{{gap}}}"))}";
        }

        if (known.Contains(SecretGap) && !Gaps(text).Contains(SecretGap))
        {
            yield return $"{{{SecretGap}}} is missing: the mail would be useless";
        }
    }

    private static IEnumerable<string> Gaps(string text) => GapPattern().Matches(text).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"\{([^{}\n]*)\}")]
    private static partial Regex GapPattern();

    private static string Fill(string text, IReadOnlyDictionary<string, string> facts)
    {
        var filled = new StringBuilder(text.Length);
        int at = 0;
        while (text.IndexOf('{', at) is var open and >= 0 && text.IndexOf('}', open) is var close and > 0)
        {
            filled.Append(text, at, open - at).Append(Clean(facts.GetValueOrDefault(text[(open + 1)..close]) ?? ""));
            at = close + 1;
        }

        return filled.Append(text, at, text.Length - at).ToString();
    }

    private static string Clean(string fact)
    {
        string clean = new([.. fact.Where(c => !char.IsControl(c) && c is not ('\u2028' or '\u2029'))]);
        return clean.Length <= MaxFactCharacters ? clean : clean[..MaxFactCharacters] + "…";
    }

    private static string Load(string name)
    {
        using Stream stream = typeof(MailTemplates).Assembly.GetManifestResourceStream("mail/" + name + ".txt")
            ?? throw new InvalidOperationException($"The mail template '{name}' is missing from the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
