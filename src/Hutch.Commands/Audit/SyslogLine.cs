namespace Hutch.Commands.Audit;

/// <summary>A line of the audit as a message of RFC 5424: its content as structured data, and again as a sentence.</summary>
internal static class SyslogLine
{
    // Facility 13 (log audit), severity 5 (notice): 13 * 8 + 5.
    private const string Header = "<109>1 ";

    // The number that IANA keeps for examples: we have none of our own.
    private const string DataId = "hutch@32473";

    private const int MaxHostCharacters = 255;
    private const int MaxMessageIdCharacters = 32;

    /// <summary>The message, in one line without its end.</summary>
    internal static string Format(AuditInfo line, string host)
    {
        var text = new StringBuilder(Header)
            .Append(line.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture))
            .Append(' ').Append(Name(host, MaxHostCharacters)).Append(" hutch - ").Append(Name(line.Action, MaxMessageIdCharacters))
            .Append(" [").Append(DataId).Append(" sequence=\"").Append(line.Sequence.ToString(CultureInfo.InvariantCulture)).Append('"');
        Add(text, "user", line.User);
        Add(text, "token", line.Token);
        Add(text, "action", line.Action);
        Add(text, "target", line.Target);
        Add(text, "detail", line.Detail);
        text.Append("] \uFEFF").Append(
            OneLine(string.Join(' ', new[] { line.User, line.Action, line.Target, line.Detail }.Where(part => part is { Length: > 0 }))));
        return text.ToString();
    }

    /// <summary>RFC 5424, section 6.3.3: a quote, a backslash and a closing bracket have a backslash before them.</summary>
    private static void Add(StringBuilder text, string name, string? value)
    {
        if (value is { Length: > 0 })
        {
            text.Append(' ').Append(name).Append("=\"")
                .Append(OneLine(value).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
                    .Replace("]", "\\]", StringComparison.Ordinal))
                .Append('"');
        }
    }

    /// <summary>Printable ASCII without spaces (section 6); a dash where nothing is left.</summary>
    private static string Name(string text, int most)
    {
        string name = new([.. text.Where(c => c is > ' ' and <= '~').Take(most)]);
        return name.Length == 0 ? "-" : name;
    }

    /// <summary>Replaces line breaks and control characters, which a terminal could take for commands, by their code points.</summary>
    private static string OneLine(string text) => text.Any(char.IsControl) || text.Contains('\u2028') || text.Contains('\u2029')
        ? string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029'
            ? string.Create(CultureInfo.InvariantCulture, $"<U+{(int)c:X4}>")
            : c.ToString()))
        : text;
}
