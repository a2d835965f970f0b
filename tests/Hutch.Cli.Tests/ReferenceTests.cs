using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Text;
using Hutch.Commands.Hosting;
using Hutch.Commands.Verbs;
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
        foreach ((int code, string meaning) in ExitCode.All)
        {
            page.Append(Markdown.Item(Markdown.Sentence($"**{code}**: {meaning}")));
        }

        page.Append("\n## Options of every verb\n\n");
        WriteOptions(page, root.Options);
        page.Append("\n## Verbs\n\n");
        foreach (VerbSection section in VerbList.Sections)
        {
            IEnumerable<string> links = section.Verbs.Select(verb => root.Subcommands.First(command => command.Name == verb.Name))
                .Select(command => $"[{command.Name}](#{Anchor("hutch " + command.Name + Arguments(command))})");
            page.Append(Markdown.Item($"**{section.Title}**: {string.Join(", ", links)}"));
        }

        foreach (Command command in root.Subcommands.Where(c => !c.Hidden))
        {
            WriteVerb(page, command, "hutch " + command.Name);
        }

        Snapshots.Check(Path.Combine(Snapshots.Repository, "docs/reference/cli.md"), page.ToString());
    }

    private static void WriteVerb(StringBuilder page, Command command, string path)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n### {path}{Arguments(command)}\n\n").Append(Markdown.Paragraph(command.Description ?? ""));
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

    private static string Arguments(Command command) => string.Concat(command.Arguments.Select(argument =>
    {
        string name = argument.Name.ToUpperInvariant();
        return $" {(argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name)}{(argument.Arity.MaximumNumberOfValues > 1 ? "..." : "")}";
    }));

    // As forges make it from a heading.
    private static string Anchor(string heading) =>
        string.Concat(heading.ToLowerInvariant().Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or ' ')).Replace(' ', '-');

    private static void WriteOptions(StringBuilder page, IEnumerable<Option> options)
    {
        foreach (Option option in options.Where(o => !o.Hidden && o.Name != "--help"))
        {
            string names = string.Join("`, `", option.Aliases.Prepend(option.Name));
            string value = option.HelpName is { } name ? " " + name : "";
            page.Append(Markdown.Item($"`{names}{value}`{(option.Required ? " (required)" : "")}: {option.Description}"));
        }
    }

    [Fact]
    public void Every_exit_code_has_a_meaning()
    {
        IEnumerable<int> codes = typeof(ExitCode).GetFields(BindingFlags.Static | BindingFlags.NonPublic).Where(f => f.IsLiteral)
            .Select(f => (int)f.GetRawConstantValue()!);

        Assert.Equal(codes, ExitCode.All.Select(one => one.Code));
    }
}
