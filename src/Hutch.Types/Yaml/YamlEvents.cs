using YamlDotNet.Core.Events;

namespace Hutch.Types.Yaml;

/// <summary>Reads a YAML text as the events of one document, within limits.</summary>
public static class YamlEvents
{
    public static Result<List<ParsingEvent>> Read(string text, YamlLimits limits)
    {
        var events = new List<ParsingEvent>();
        int depth = 0;
        try
        {
            using var reader = new StringReader(text);
            var parser = new Parser(new Scanner(reader, skipComments: true));
            while (parser.MoveNext())
            {
                ParsingEvent next = parser.Current!;
                depth += next.NestingIncrease;
                if (Problem(next, events, depth, limits) is { } problem)
                {
                    return Reject(next.Start, problem);
                }

                events.Add(next);
            }

            return events;
        }
        catch (YamlException e)
        {
            return TabProblem(text, (int)e.Start.Line) ?? Reject(e.Start, Words(e.InnerException?.Message ?? e.Message));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // For some texts, such as an anchor before an alias, the parser throws these exceptions without a useful message.
            Mark last = events.Count > 0 ? events[^1].End : Mark.Empty;
            return Reject(last, Words("what comes after this is written in no way that YAML allows"));
        }
    }

    private static HutchError Reject(Mark at, string words) => DocumentProblem.At(at, words).ToError();

    private static string? Problem(ParsingEvent next, List<ParsingEvent> before, int depth, YamlLimits limits)
    {
        // The stream and the document are two levels of their own.
        if (depth > limits.MaxDepth + 2)
        {
            return $"more than {limits.MaxDepth} levels inside each other; that many are allowed.";
        }

        if (before.Count > 2 * limits.MaxNodes)
        {
            return $"more than {limits.MaxNodes} values; that many are allowed.";
        }

        return next is DocumentStart && before.Any(earlier => earlier is DocumentStart)
            ? "a second YAML document starts here; only one is allowed."
            : null;
    }

    // The parser names the line above, and a character that cannot be seen.
    private static HutchError? TabProblem(string text, int fromLine)
    {
        string[] lines = text.Split('\n');
        for (int i = Math.Max(0, fromLine - 1); i < Math.Min(lines.Length, fromLine + 1); i++)
        {
            string line = lines[i];
            int content = line.AsSpan().IndexOfAnyExcept(" \t\r");
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (content > 0 && tab >= 0 && tab < content)
            {
                return new DocumentProblem(i + 1, tab + 1, "a tab comes before the text; YAML indents with spaces only.").ToError();
            }
        }

        return null;
    }

    private static string Words(string why) => $"this is not valid YAML: {char.ToLowerInvariant(why[0])}{why[1..].TrimEnd('.')}.";
}
