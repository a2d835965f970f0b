using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Hutch.Commands.Audit;
using Hutch.Contracts;

namespace Hutch.Commands.Tests.Audit;

public sealed partial class SyslogLineTests
{
    private static readonly AuditInfo Line = new()
    {
        Sequence = 42,
        Time = new DateTimeOffset(2026, 11, 20, 14, 5, 6, 789, TimeSpan.FromHours(2)),
        User = "ada",
        Token = "0123456789abcdef",
        Action = "grant.change",
        Target = "dataset:8f14e45f-ceea-467f-a8f2-2f1d3f1b6c55",
        Detail = "read to user:bob",
    };

    [Fact]
    public void A_line_is_a_message_of_RFC_5424()
    {
        Assert.Equal(
            "<109>1 2026-11-20T12:05:06.789Z hutch.example.org hutch - grant.change [hutch@32473 sequence=\"42\" user=\"ada\" token=\"0123456789abcdef\""
            + " action=\"grant.change\" target=\"dataset:8f14e45f-ceea-467f-a8f2-2f1d3f1b6c55\" detail=\"read to user:bob\"]"
            + " \uFEFFada grant.change dataset:8f14e45f-ceea-467f-a8f2-2f1d3f1b6c55 read to user:bob",
            SyslogLine.Format(Line, "hutch.example.org"));
    }

    [Fact]
    public void What_would_end_a_value_or_the_line_is_escaped()
    {
        AuditInfo hostile = Line with { User = null, Token = null, Target = null, Detail = "a\"b]c\\d\ne\u001b[31m \u2028 \u00fc \U0001F600" };

        string text = SyslogLine.Format(hostile, "");

        Assert.StartsWith("<109>1 2026-11-20T12:05:06.789Z - hutch - grant.change [", text, StringComparison.Ordinal);
        Assert.Contains("detail=\"a\\\"b\\]c\\\\d<U+000A>e<U+001B>[31m <U+2028> \u00fc \U0001F600\"] ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_stands_in_the_audit_is_one_line_that_a_reader_takes_apart_again()
    {
        Prop.ForAll<NonNull<string>, NonNull<string>>((user, detail) =>
        {
            AuditInfo line = Line with { User = Clean(user.Get), Detail = Clean(detail.Get) };

            string text = SyslogLine.Format(line, "host");

            Dictionary<string, string> read = Read(text);
            return !text.Any(char.IsControl) && read.GetValueOrDefault("user", "") == line.User && read.GetValueOrDefault("detail", "") == line.Detail;
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>What has no number in its place: the reader below need not turn those back.</summary>
    private static string Clean(string text) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(new string([.. text.Where(c => !char.IsControl(c) && c is not '\u2028' and not '\u2029')])));

    /// <summary>The slow and obvious reader of RFC 5424: header, structured data with its three escapes, the rest.</summary>
    private static Dictionary<string, string> Read(string text)
    {
        Match header = Header().Match(text);
        Assert.True(header.Success, text);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        int at = header.Length;
        while (text[at] == ' ')
        {
            int equals = text.IndexOf('=', at);
            string name = text[(at + 1)..equals];
            var value = new StringBuilder();
            for (at = equals + 2; text[at] != '"'; at++)
            {
                at += text[at] == '\\' ? 1 : 0;
                value.Append(text[at]);
            }

            values[name] = value.ToString();
            at++;
        }

        Assert.Equal("] \uFEFF", text.Substring(at, 3));
        return values;
    }

    [GeneratedRegex("^<109>1 [0-9TZ:.-]+ [!-~]{1,255} hutch - [!-~]{1,32} \\[hutch@32473")]
    private static partial Regex Header();
}
