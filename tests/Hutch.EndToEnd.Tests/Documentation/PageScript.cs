using System.Text;

namespace Hutch.EndToEnd.Tests.Documentation;

/// <summary>
/// The commands of a page, in order. Blocks that start with <c>```sh hutch</c> are shown to readers and run; those with
/// <c>```sh hutch &amp;</c> run in another terminal: a process group whose output is in <c>~/terminal-N</c>. Comments that start with
/// <c>&lt;!-- sh</c> are run and not shown: they log in. Comments that start with <c>&lt;!-- sh check</c> wait for what a reader sees, and
/// compare it.
/// </summary>
internal static class PageScript
{
    private const string ShownStart = "```sh hutch";
    private const string TerminalStart = "```sh hutch &";
    private const string ShownEnd = "```";
    private const string HiddenStart = "<!-- sh";
    private const string CheckStart = "<!-- sh check";
    private const string HiddenEnd = "-->";

    /// <summary>One shell script; empty when the page has no commands to run.</summary>
    public static string Read(string page)
    {
        StringBuilder script = new();
        string? end = null;
        bool isTerminal = false;
        int terminals = 0;
        foreach (string line in page.Split('\n').Select(line => line.TrimEnd()))
        {
            if (end is null)
            {
                end = line switch { ShownStart or TerminalStart => ShownEnd, HiddenStart or CheckStart => HiddenEnd, _ => null };
                isTerminal = line == TerminalStart;
                script.Append(isTerminal ? "set -m; {\n" : "");
            }
            else if (line == end)
            {
                end = null;
                script.Append(isTerminal ? $"}} >~/terminal-{++terminals} & set +m\n" : "");
            }
            else
            {
                script.Append(line).Append('\n');
            }
        }

        return end is null ? script.ToString() : throw new FormatException($"A block is not closed by {end}.");
    }
}
