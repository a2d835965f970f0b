using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Hutch.Commands.Hosting;

/// <summary>The usual help, followed by examples to copy. The help of the program itself groups the verbs by purpose.</summary>
/// <param name="screen">The size of the terminal; null when the help goes elsewhere.</param>
internal sealed class HelpWithExamples(HelpAction usual, IEnumerable<VerbSection> sections, Func<(int Width, int Height)>? screen)
    : SynchronousCommandLineAction
{
    private const int Width = 110;
    private const int LeastWidth = 40;

    private const string Indent = "  ";
    private const int Gap = 2;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int columns = screen?.Invoke().Width ?? 0;
        usual.MaxWidth = columns > 0 ? Math.Clamp(columns, LeastWidth, Width) : Width;
        if (parseResult.CommandResult.Command is RootCommand)
        {
            return WriteProgram(parseResult);
        }

        if (parseResult.CommandResult.Command is VerbGroup group
            && group.Subcommands.SelectMany(static verb => verb.Arguments).Any(IsOptional))
        {
            return WriteGroup(parseResult, group);
        }

        int code = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is Verb { Examples: { Count: > 0 } examples })
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine(examples.Count == 1 ? "Example:" : "Examples:");
            foreach (string example in examples)
            {
                output.WriteLine("  " + example);
            }

            output.WriteLine();
        }

        return code;
    }

    // The usual help ends with one list of all verbs, eighty of them with a paragraph each: the groups replace it.
    private int WriteProgram(ParseResult parseResult)
    {
        TextWriter output = parseResult.InvocationConfiguration.Output;
        (int code, string text) = Capture(parseResult);
        int options = text.IndexOf("Options:", StringComparison.Ordinal);
        int commands = text.IndexOf("Commands:", StringComparison.Ordinal);
        output.Write(text[..options]);
        foreach (VerbSection section in sections)
        {
            WriteSection(output, section);
        }

        output.Write(text[options..commands]);
        output.WriteLine("`hutch COMMAND --help` explains a command.");
        output.WriteLine();
        return code;
    }

    // The usual list shows an argument that may be left out like one that is needed: `list <dataset>`.
    private int WriteGroup(ParseResult parseResult, VerbGroup group)
    {
        const string Brackets = "[]";
        usual.MaxWidth -= Brackets.Length;
        (int code, string text) = Capture(parseResult);
        (string Shown, string Right)[] labels =
        [
            .. group.Subcommands.Where(static verb => !verb.Hidden)
                .Select(static verb => (LabelOf(verb, static name => $"<{name}>"), LabelOf(verb, static name => $"[<{name}>]"))),
        ];
        int begin = text.IndexOf("Commands:", StringComparison.Ordinal);
        int column = labels.Max(static label => label.Shown.Length) + Indent.Length + Gap;
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.Write(text[..begin]);
        foreach (string line in text[begin..].TrimEnd().Split('\n').Select(static line => line.TrimEnd('\r')))
        {
            (string Shown, string Right) label = labels.FirstOrDefault(
                one => line.StartsWith($"{Indent}{one.Shown} ".PadRight(column), StringComparison.Ordinal));
            string left = label.Right is null ? line[..Math.Min(column, line.Length)] : Indent + label.Right;
            output.WriteLine(line.Length <= column ? line : left.PadRight(column + Brackets.Length) + line[column..]);
        }

        output.WriteLine();
        return code;
    }

    private static string LabelOf(Command verb, Func<string, string> optional) => string.Join(
        ' ',
        verb.Arguments.Where(static argument => !argument.Hidden)
            .Select(argument => IsOptional(argument) ? optional(argument.Name) : $"<{argument.Name}>")
            .Prepend(string.Join(", ", verb.Aliases.Prepend(verb.Name))));

    private static bool IsOptional(Argument argument) => argument is { Hidden: false, Arity.MinimumNumberOfValues: 0 };

    private (int Code, string Text) Capture(ParseResult parseResult)
    {
        TextWriter output = parseResult.InvocationConfiguration.Output;
        var whole = new StringWriter();
        parseResult.InvocationConfiguration.Output = whole;
        int code = usual.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;
        return (code, whole.ToString());
    }

    private static void WriteSection(TextWriter output, VerbSection section)
    {
        output.WriteLine(section.Title + ":");
        foreach (VerbFactory verb in section.Verbs.Where(verb => verb.Summary is not null))
        {
            output.WriteLine($"  {verb.Name,-12}{verb.Summary}");
        }

        IEnumerable<string> others = section.Verbs.Where(verb => verb.Summary is null).Select(verb => verb.Name);
        output.WriteLine("  also: " + string.Join(", ", others));
        output.WriteLine();
    }
}
