using Hutch.Commands.Hosting;

namespace Hutch.Cli.Manual;

/// <summary>The manual pages of the command line, from the declarations of its commands: <c>hutch.1</c>, and one for each verb.</summary>
/// <param name="Version">The version of the program, which each page names.</param>
/// <param name="Date">The date in each page, as <c>2026-11-27</c>; empty for none.</param>
internal sealed record ManualPages(string Version, string Date)
{
    private static readonly (string Name, string Meaning)[] Variables =
    [
        ("HUTCH_REMOTE", "The server's URL, instead of `--remote`."),
        ("HUTCH_TOKEN", "The token, instead of that of the login."),
        ("HUTCH_CA", "A PEM file with the CA of the server's certificate."),
        ("HUTCH_CONFIG", "The configuration file of a server, instead of `--config`."),
        ("HUTCH_SECTION__KEY", "An option of a server, such as HUTCH_SERVER__PUBLIC_URL for `server.publicUrl`."),
        ("XDG_CONFIG_HOME, XDG_DATA_HOME", "The folders of your configuration and of the default data folder."),
    ];

    private static readonly (string Name, string Meaning)[] Files =
    [
        ("~/.config/hutch/config", "Your logins, with their tokens. Only you can read it."),
        (".hutch/", "What a working directory remembers. It never holds a token."),
        (".hutchignore", "Patterns of paths that stay out of the dataset."),
        ("/etc/hutch/hutch.yaml", "The configuration of the packaged service."),
        ("/usr/share/doc/hutch/", "The guides and references, in the package."),
    ];

    /// <summary>Returns the pages by their file names.</summary>
    internal IEnumerable<(string File, string Text)> Make(RootCommand root, IReadOnlyList<VerbSection> sections)
    {
        Dictionary<string, Command> verbs = root.Subcommands.Where(verb => !verb.Hidden).ToDictionary(verb => verb.Name);
        yield return ("hutch.1", MakeProgram(root, sections, verbs));
        foreach (VerbSection section in sections)
        {
            string[] near = [.. section.Verbs.Select(verb => verb.Name).Where(verbs.ContainsKey)];
            foreach (string name in near)
            {
                yield return ($"hutch-{name}.1", MakeVerb(verbs[name], near.Where(other => other != name)));
            }
        }
    }

    private string MakeProgram(RootCommand root, IReadOnlyList<VerbSection> sections, Dictionary<string, Command> verbs)
    {
        Roff page = Begin("hutch", root.Description!.Replace("Hutch takes", "take", StringComparison.Ordinal));
        page.Section("synopsis").Line($"{Roff.Bold("hutch")} {Roff.Italic("COMMAND")} [{Roff.Italic("OPTIONS")}]");
        page.Section("description").Text(
            root.Description + " Server, portal, command line and worker are this one program. Each command has a page of its own: "
            + "`hutch-push`(1) describes `hutch push`.");
        foreach (VerbSection section in sections)
        {
            page.Section(section.Title);
            foreach (Command verb in section.Verbs.Select(verb => verbs.GetValueOrDefault(verb.Name)).OfType<Command>())
            {
                page.Item($"{Roff.Bold("hutch-" + verb.Name)}(1)", FirstSentence(verb.Description!) + ".");
            }
        }

        page.Section("options of every command");
        WriteOptions(page, root.Options);
        page.Section("exit status");
        foreach ((int code, string meaning) in ExitCode.All)
        {
            page.Item(Roff.Bold($"{code}"), meaning);
        }

        WriteTable(page, "environment", Variables);
        WriteTable(page, "files", Files);
        return page.ToString();
    }

    private string MakeVerb(Command verb, IEnumerable<string> near)
    {
        string name = "hutch-" + verb.Name;
        Roff page = Begin(name, verb.Description!);
        page.Section("synopsis");
        bool isFirst = true;
        foreach ((Command command, string path) in Leaves(verb, "hutch " + verb.Name))
        {
            page.Line(isFirst ? Synopsis(command, path) : ".br\n" + Synopsis(command, path));
            isFirst = false;
        }

        page.Section("description").Text(verb.Description!);
        if (verb.Subcommands.Count == 0)
        {
            WriteArguments(page, verb);
            if (Shown(verb.Options).Any())
            {
                page.Section("options");
                WriteOptions(page, verb.Options);
            }

            WriteExamples(page, verb, "examples");
        }
        else
        {
            page.Section("commands");
            foreach ((Command command, string path) in Leaves(verb, "hutch " + verb.Name))
            {
                page.Subsection(path).Text(command.Description!);
                WriteArguments(page, command);
                WriteOptions(page, command.Options);
                WriteExamples(page, command, null);
            }
        }

        page.Section("see also").Text(string.Join(", ", near.Select(other => $"`hutch-{other}`(1)").Prepend("`hutch`(1)")) + ".");
        return page.ToString();
    }

    private Roff Begin(string name, string description) => new Roff()
        .Comment("Made by `hutch manual` from the declarations of the commands.")
        .Title(name, Date, "hutch " + Version)
        .Section("name").Fill($"{Roff.Escape(name)} \\- {Roff.Escape(Uncapitalized(FirstSentence(description)))}");

    private static IEnumerable<(Command Command, string Path)> Leaves(Command command, string path)
    {
        Command[] children = [.. command.Subcommands.Where(child => !child.Hidden)];
        return children.Length == 0 ? [(command, path)] : children.SelectMany(child => Leaves(child, $"{path} {child.Name}"));
    }

    private static string Synopsis(Command command, string path)
    {
        var line = new StringBuilder(Roff.Bold(path));
        foreach (Argument argument in command.Arguments.Where(argument => !argument.Hidden))
        {
            string name = Roff.Italic(argument.Name.ToUpperInvariant());
            line.Append(argument.Arity.MinimumNumberOfValues == 0 ? $" [{name}]" : $" {name}");
            line.Append(argument.Arity.MaximumNumberOfValues > 1 ? "..." : "");
        }

        foreach (Option option in command.Options.Where(option => option.Required))
        {
            line.Append($" {Roff.Bold(option.Name)} {Roff.Italic(option.HelpName ?? "VALUE")}");
        }

        return line.Append(Shown(command.Options).Any(option => !option.Required) ? $" [{Roff.Italic("OPTIONS")}]" : "").ToString();
    }

    private static void WriteArguments(Roff page, Command command)
    {
        foreach (Argument argument in command.Arguments.Where(argument => !argument.Hidden))
        {
            page.Item(Roff.Italic(argument.Name.ToUpperInvariant()), argument.Description ?? "");
        }
    }

    private static IEnumerable<Option> Shown(IEnumerable<Option> options) =>
        options.Where(option => !option.Hidden && option.Name != "--help");

    private static void WriteOptions(Roff page, IEnumerable<Option> options)
    {
        foreach (Option option in Shown(options))
        {
            string names = string.Join(", ", option.Aliases.Prepend(option.Name).Select(Roff.Bold));
            page.Item(option.HelpName is { } value ? $"{names} {Roff.Italic(value)}" : names, option.Description ?? "");
        }
    }

    private static void WriteExamples(Roff page, Command command, string? section)
    {
        if (command is Verb { Examples: { Count: > 0 } examples })
        {
            _ = section is null ? page.Paragraph(examples.Count == 1 ? "Example:" : "Examples:") : page.Section(section);
            page.Example(examples);
        }
    }

    private static void WriteTable(Roff page, string title, IEnumerable<(string Name, string Meaning)> rows)
    {
        page.Section(title);
        foreach ((string name, string meaning) in rows)
        {
            page.Item(Roff.Bold(name), meaning);
        }
    }

    /// <summary>The first sentence without its end, for lists of commands.</summary>
    private static string FirstSentence(string text)
    {
        int end = text.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? text.TrimEnd('.') : text[..end]).Replace("`", "", StringComparison.Ordinal);
    }

    private static string Uncapitalized(string text) =>
        text.Length > 1 && char.IsUpper(text[0]) && char.IsLower(text[1]) && !text.StartsWith("Hutch", StringComparison.Ordinal)
            ? char.ToLowerInvariant(text[0]) + text[1..]
            : text;
}
