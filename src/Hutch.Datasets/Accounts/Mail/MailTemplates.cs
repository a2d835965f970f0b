using System.Collections.Frozen;
using System.Text;

namespace Hutch.Datasets.Accounts.Mail;

/// <summary>
/// The words of mails: a file a template, its first line the subject, with gaps like <c>{user}</c>. What fills a gap cannot begin a line of
/// its own in the head: it loses every control character, and is never looked at for gaps again.
/// </summary>
internal static class MailTemplates
{
    /// <summary>A one-time link for logging in.</summary>
    public const string LoginLink = "login-link";

    /// <summary>An invite to a dataset or a group.</summary>
    public const string Invite = "invite";

    /// <summary>Somebody gave a right on a dataset.</summary>
    public const string Shared = "shared";

    /// <summary>The password of an account was set.</summary>
    public const string PasswordChanged = "password-changed";

    /// <summary>The address for mail was changed; goes to the one before.</summary>
    public const string EmailChanged = "email-changed";

    /// <summary>Everything of an account went to another.</summary>
    public const string HandedOver = "handed-over";

    /// <summary>The gap that only the mail itself fills: a link with a secret.</summary>
    public const string SecretGap = "link";

    private const int MaxFactCharacters = 500;

    private static readonly FrozenDictionary<string, string> Texts = new[] { LoginLink, Invite, Shared, PasswordChanged, EmailChanged, HandedOver }
        .ToFrozenDictionary(name => name, Load);

    /// <summary>Fills a template. A gap without a fact stays empty.</summary>
    public static MailText Render(string template, IReadOnlyDictionary<string, string> facts)
    {
        string text = Fill(Texts[template], facts);
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        return new MailText(text[..end].Trim(), text[(end + 1)..].Trim() + "\n");
    }

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
