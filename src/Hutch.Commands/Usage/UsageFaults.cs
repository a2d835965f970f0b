using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Hutch.Commands.Hosting;
using Hutch.Commands.Verbs;

namespace Hutch.Commands.Usage;

/// <summary>Finds what is wrong with a command line, and says so in the words of the person who typed it.</summary>
/// <remarks>The parser blames the last word, names no argument, and knows types of .NET: its messages are only the start.</remarks>
internal static partial class UsageFaults
{
    private const string ListOfCommands = "`hutch --help` lists the commands.";

    /// <summary>The fault of a first word that is no verb. The parser is not asked: it knows only verbs that the line names.</summary>
    internal static UsageFault? InFirstWord(string[] args, CliHost host)
    {
        string? word = FirstWord(args);
        if (word is null || VerbList.All.Any(verb => verb.Name == word))
        {
            return null;
        }

        IEnumerable<string> known = VerbList.Sections.SelectMany(section => section.In(host).Verbs).Select(verb => verb.Name);
        return Unknown("", word, known, ListOfCommands);
    }

    internal static UsageFault? Find(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string path = Path(parsed.CommandResult);
        string help = $"`{path} --help` shows the usage.";
        if (command.Subcommands.Count > 0)
        {
            if (parsed.Errors.Count == 0)
            {
                return null;
            }

            if (parsed.UnmatchedTokens is not [var word, ..])
            {
                return WithoutCommand(command, path);
            }

            if (word.StartsWith('-'))
            {
                return new UsageFault($"`{path}` has no option {Display.Quote(word)}.", help);
            }

            return Unknown(path["hutch".Length..].Trim() + " ", word, Visible(command).Select(sub => sub.Name), help);
        }

        string? message = UnknownOption(parsed, path) ?? TooMany(parsed, path);
        if (message is null && parsed.Errors.Count > 0)
        {
            message = WrongValue(parsed) ?? Missing(parsed, path) ?? parsed.Errors[0].Message;
        }

        return message is null ? null : new UsageFault(message, help);
    }

    private static string? FirstWord(string[] args)
    {
        for (int i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith('-'))
            {
                return args[i];
            }

            i += args[i] == GlobalOptions.Remote.Name || args[i] == GlobalOptions.Token.Name ? 1 : 0;
        }

        return null;
    }

    private static UsageFault Unknown(string group, string word, IEnumerable<string> known, string help)
    {
        string message = $"There is no command {Display.Quote(group + word)}";
        string[] names = [.. known];
        string? meant = ForeignWords.Find(group, word, names);
        return meant is null
            ? new UsageFault(message + Suggestion.For(word, names), help)
            : new UsageFault(message + ".", meant);
    }

    // As with git and docker: the word alone is a question.
    private static UsageFault WithoutCommand(Command group, string path)
    {
        Command[] commands = [.. Visible(group)];
        int width = commands.Max(command => command.Name.Length);
        string names = string.Join(", ", commands.Select(command => command.Name));
        return new UsageFault($"`{path}` needs a command: {names}.", $"`{path} COMMAND --help` explains one.")
        {
            Lines = [.. commands.Select(command => $"  {command.Name.PadRight(width)}  {FirstSentence(command.Description ?? "")}")],
        };
    }

    private static IEnumerable<Command> Visible(Command group) => group.Subcommands.Where(command => !command.Hidden);

    private static string FirstSentence(string text) => SentenceEnd().Match(text) is { Success: true } end ? text[..end.Index] : text;

    // The parser takes an unknown option for an argument wherever an argument is allowed.
    private static string? UnknownOption(ParseResult parsed, string path)
    {
        bool dashesAreNames = parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash);
        IEnumerable<string> words = parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens.Select(token => token.Value)).Concat(parsed.UnmatchedTokens);
        if (dashesAreNames || words.FirstOrDefault(word => word.StartsWith('-')) is not { } unknown)
        {
            return null;
        }

        IEnumerable<string> known = parsed.CommandResult.Command.Options.Concat(parsed.RootCommandResult.Command.Options)
            .Where(option => !option.Hidden).Select(option => option.Name);
        return $"`{path}` has no option {Display.Quote(unknown)}" + Suggestion.For(unknown, known);
    }

    private static string? TooMany(ParseResult parsed, string path)
    {
        if (parsed.UnmatchedTokens is not [var word, ..])
        {
            return null;
        }

        string[] taken = [.. parsed.CommandResult.Command.Arguments.Where(argument => !argument.Hidden).Select(Shown)];
        return taken.Length == 0
            ? $"`{path}` takes no arguments, and {Display.Quote(word)} is one."
            : $"`{path}` takes only {string.Join(' ', taken)}; {Display.Quote(word)} is one too many.";
    }

    private static string? WrongValue(ParseResult parsed)
    {
        foreach (ParseError error in parsed.Errors)
        {
            SymbolResult? about = error.SymbolResult is ArgumentResult { Parent: OptionResult option } ? option : error.SymbolResult;
            string name = about is OptionResult { Option: { } known } ? known.Name
                : about is ArgumentResult { Argument: { } argument } ? Shown(argument) : "";
            if (ExpectedType().Match(error.Message) is { Success: true } type)
            {
                return $"{name} is {Display.Quote(type.Groups["value"].Value)}; it must be {KindOf(type.Groups["type"].Value)}.";
            }

            if (Choice().Match(error.Message) is { Success: true } choice)
            {
                string[] allowed = [.. choice.Groups["one"].Captures.Select(one => one.Value)];
                return $"{name} is {Display.Quote(choice.Groups["value"].Value)}; it must be {Or(allowed)}.";
            }

            if (about is OptionResult { Tokens.Count: 0, Option: { } empty } && error.Message.Contains("missing", StringComparison.Ordinal))
            {
                return $"{empty.Name} needs a value{(empty.HelpName is { } value ? ": " + value : "")}.";
            }

            if (about is OptionResult or ArgumentResult { Tokens.Count: > 0 } && !IsOfParser(error.Message))
            {
                return error.Message;
            }
        }

        return null;
    }

    private static string? Missing(ParseResult parsed, string path)
    {
        Command command = parsed.CommandResult.Command;
        string[] missing =
        [
            .. command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > Given(parsed, argument)).Select(Shown),
            .. command.Options.Where(option => option.Required && parsed.GetResult(option)?.IdentifierToken is null)
                .Select(option => option.HelpName is { } value ? $"{option.Name} {value}" : option.Name),
        ];
        return missing.Length == 0 ? null : $"`{path}` needs {string.Join(" and ", missing)}.";
    }

    private static int Given(ParseResult parsed, Argument argument) => parsed.GetResult(argument)?.Tokens.Count ?? 0;

    private static string Shown(Argument argument) => $"<{argument.HelpName ?? argument.Name}>";

    private static string Or(string[] words) =>
        words.Length == 1 ? words[0] : $"{string.Join(", ", words[..^1])} or {words[^1]}";

    private static string KindOf(string type) => type switch
    {
        _ when type.Contains("Int", StringComparison.Ordinal) => "a whole number",
        _ when type.Contains("Date", StringComparison.Ordinal) => "a date, such as 2027-01-01",
        _ when type.Contains("Boolean", StringComparison.Ordinal) => "true or false",
        _ => "a number",
    };

    private static bool IsOfParser(string message) =>
        message.EndsWith(" is required.", StringComparison.Ordinal) || message.StartsWith("Required ", StringComparison.Ordinal)
        || message.StartsWith("Unrecognized ", StringComparison.Ordinal);

    private static string Path(CommandResult result) =>
        result.Parent is CommandResult parent ? Path(parent) + " " + result.Command.Name : "hutch";

    [GeneratedRegex("'(?<value>[^']*)'.* as expected type '(?<type>[^']*)'")]
    private static partial Regex ExpectedType();

    [GeneratedRegex("^Argument '(?<value>[^']*)' not recognized\\. Must be one of:(\\s+'(?<one>[^']*)')+")]
    private static partial Regex Choice();

    [GeneratedRegex("[.:;] |\\.$")]
    private static partial Regex SentenceEnd();
}
