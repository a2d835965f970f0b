using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Text;
using Hutch.Commands.Hosting;
using Hutch.Testing;

namespace Hutch.Cli.Tests;

public sealed class ReferenceTests
{
    [Fact]
    public void The_reference_page_is_what_the_program_has()
    {
        using var line = new CommandLine();
        RootCommand root = FullProgram.BuildAll(line.Host("", TextWriter.Null, TextWriter.Null));
        var page = new StringBuilder(File.ReadAllText(Path.Combine(Snapshots.Folder(), "reference-head.md")));

        page.Append("\n## Exit codes\n\n");
        foreach ((int code, string meaning) in ExitCodes())
        {
            page.Append(Markdown.Item(Markdown.Sentence($"**{code}**: {meaning}")));
        }

        page.Append("\n## Options of every verb\n\n");
        WriteOptions(page, root.Options);
        page.Append("\n## Verbs\n");
        foreach (Command command in root.Subcommands.Where(c => !c.Hidden))
        {
            WriteVerb(page, command, "hutch " + command.Name);
        }

        Snapshots.Check(Path.Combine(Snapshots.Repository, "docs/reference/cli.md"), page.ToString());
    }

    private static void WriteVerb(StringBuilder page, Command command, string path)
    {
        string arguments = string.Concat(command.Arguments.Select(a => " " + (a.Arity.MinimumNumberOfValues == 0 ? $"[{a.Name.ToUpperInvariant()}]" : a.Name.ToUpperInvariant()) + (a.Arity.MaximumNumberOfValues > 1 ? "..." : "")));
        page.Append(CultureInfo.InvariantCulture, $"\n### {path}{arguments}\n\n").Append(Markdown.Paragraph(command.Description ?? ""));
        if (command.Arguments.Count > 0)
        {
            page.Append('\n');
            foreach (Argument argument in command.Arguments)
            {
                page.Append(Markdown.Item($"`{argument.Name.ToUpperInvariant()}`: {argument.Description}"));
            }
        }

        if (command.Options.Any(o => !o.Hidden))
        {
            page.Append('\n');
            WriteOptions(page, command.Options);
        }

        if (command is Verb { Examples: { Count: > 0 } examples })
        {
            page.Append("\n```sh\n").AppendJoin('\n', examples).Append("\n```\n");
        }

        foreach (Command child in command.Subcommands.Where(c => !c.Hidden))
        {
            WriteVerb(page, child, path + " " + child.Name);
        }
    }

    private static void WriteOptions(StringBuilder page, IEnumerable<Option> options)
    {
        foreach (Option option in options.Where(o => !o.Hidden && o.Name != "--help"))
        {
            string names = string.Join("`, `", option.Aliases.Prepend(option.Name));
            string value = option.HelpName is { } name ? " " + name : "";
            page.Append(Markdown.Item($"`{names}{value}`{(option.Required ? " (required)" : "")}: {option.Description}"));
        }
    }

    // The meanings are the doc comments of the numbers, so that code and page cannot say different things.
    private static IEnumerable<(int Code, string Meaning)> ExitCodes()
    {
        string source = File.ReadAllText(Path.Combine(Snapshots.Repository, "src/Hutch.Commands/Hosting/ExitCode.cs"));
        foreach (FieldInfo field in typeof(ExitCode).GetFields(BindingFlags.Static | BindingFlags.NonPublic).Where(f => f.IsLiteral))
        {
            int at = source.IndexOf($"const int {field.Name} ", StringComparison.Ordinal);
            int start = source.LastIndexOf("<summary>", at, StringComparison.Ordinal) + "<summary>".Length;
            yield return ((int)field.GetRawConstantValue()!, source[start..source.IndexOf("</summary>", start, StringComparison.Ordinal)]);
        }
    }
}
