namespace Hutch.Cli.Manual;

/// <summary>
/// The text of a manual page in the macros of man(7), as groff and mandoc read them. All that is not ASCII is escaped, so that a page has
/// the same bytes and looks the same in every locale.
/// </summary>
internal sealed class Roff
{
    private const int MaxLineBytes = 78;

    private readonly StringBuilder _page = new();

    public override string ToString() => _page.ToString();

    internal Roff Comment(string text) => Line($".\\\" {text}");

    internal Roff Title(string name, string date, string source) =>
        Line($".TH {Escape(name.ToUpperInvariant())} 1 \"{date}\" \"{Escape(source)}\" \"Hutch\"");

    internal Roff Section(string title) => Line($".SH {Escape(title.ToUpperInvariant())}");

    internal Roff Subsection(string title) => Line($".SS \"{Escape(title)}\"");

    internal Roff Paragraph(string text) => Line(".PP").Text(text);

    /// <summary>A term and its explanation, indented below it.</summary>
    /// <param name="term">Roff already, such as <see cref="Bold"/> makes.</param>
    internal Roff Item(string term, string text) => Line(".TP").Line(term).Text(text);

    /// <summary>Sentences; what is between back quotes is bold.</summary>
    internal Roff Text(string text)
    {
        string[] parts = text.Split('`');
        var roff = new StringBuilder();
        for (int i = 0; i < parts.Length; i++)
        {
            roff.Append(i % 2 == 0 ? Escape(parts[i]) : Bold(parts[i]));
        }

        return Fill(roff.ToString());
    }

    /// <summary>Roff as it is, in lines of a readable width.</summary>
    internal Roff Fill(string roff)
    {
        var line = new StringBuilder();
        foreach (string word in roff.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > MaxLineBytes)
            {
                Line(Guard(line.ToString()));
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        return Line(Guard(line.ToString()));
    }

    /// <summary>Roff as it is: a line of a synopsis.</summary>
    internal Roff Line(string roff)
    {
        _page.Append(roff).Append('\n');
        return this;
    }

    /// <summary>Lines to copy, which are not filled.</summary>
    internal Roff Example(IEnumerable<string> lines)
    {
        Line(".nf").Line(".RS 4");
        foreach (string line in lines)
        {
            Line(Guard(Escape(line)));
        }

        return Line(".RE").Line(".fi");
    }

    internal static string Bold(string text) => $"\\fB{Escape(text)}\\fR";

    internal static string Italic(string text) => $"\\fI{Escape(text)}\\fR";

    /// <summary>A hyphen, an apostrophe and a quote that can be copied, and the characters that roff would interpret.</summary>
    internal static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            escaped.Append(rune.Value switch
            {
                '\\' => "\\e",
                '-' => "\\-",
                '\'' => "\\(aq",
                '"' => "\\(dq",
                '`' => "\\(ga",
                '^' => "\\(ha",
                '~' => "\\(ti",
                '\n' => " ",
                > 126 => string.Create(CultureInfo.InvariantCulture, $"\\[u{rune.Value:X4}]"),
                _ => rune.ToString(),
            });
        }

        return escaped.ToString();
    }

    // A dot begins a macro at the start of a line. An apostrophe would too, and is escaped already.
    private static string Guard(string line) => line.StartsWith('.') ? "\\&" + line : line;
}
