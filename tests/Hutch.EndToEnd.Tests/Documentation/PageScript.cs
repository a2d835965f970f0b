using System.Text;

namespace Hutch.EndToEnd.Tests.Documentation;

/// <summary>
/// The commands of a page, in order. Blocks that start with <c>```sh hutch</c> are shown to readers and run; what stands in a comment
/// that starts with <c>&lt;!-- sh</c> is run and not shown: it makes what the reader has already.
/// </summary>
internal static class PageScript
{
    private const string ShownStart = "```sh hutch";
    private const string ShownEnd = "```";
    private const string HiddenStart = "<!-- sh";
    private const string HiddenEnd = "-->";

    /// <summary>One shell script; empty when the page has no commands to run.</summary>
    public static string Read(string page)
    {
        StringBuilder script = new();
        string? end = null;
        foreach (string line in page.Split('\n'))
        {
            if (end is null)
            {
                end = line.TrimEnd() switch { ShownStart => ShownEnd, HiddenStart => HiddenEnd, _ => null };
            }
            else if (line.TrimEnd() == end)
            {
                end = null;
            }
            else
            {
                script.AppendLine(line);
            }
        }

        return end is null ? script.ToString() : throw new FormatException($"A block is not closed by {end}.");
    }
}
