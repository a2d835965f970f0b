using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Hutch.Commands.Hosting;
using Hutch.Commands.Verbs;

namespace Hutch.Commands;

/// <summary>The command line of both programs: builds the verb that is asked for, parses, runs it.</summary>
internal static partial class HutchProgram
{
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(30);

    /// <summary>The parser's settings: an argument <c>@N</c> is a snapshot, not the name of a file with arguments.</summary>
    internal static ParserConfiguration Parser { get; } = new() { ResponseFileTokenReplacer = null };

    internal static async Task<int> RunAsync(string[] args, CliHost host, CancellationToken cancellationToken = default)
    {
        if (args.Length == 0)
        {
            await RunAsync(["--help"], host, cancellationToken);
            return ExitCode.Usage;
        }

        args = args switch
        {
            ["help", .. string[] rest] => [.. rest, "--help"],
            ["--version"] => ["version"],
            _ => args,
        };
        (args, host) = SecretArguments.TakeOut(args, host);
        RootCommand root = Build(args, host);
        ParseResult parsed = root.Parse(args, Parser);
        if (parsed.CommandResult.Command is FullProgramVerb absent)
        {
            return ReportAbsent(absent, host);
        }

        if (!AsksForHelp(args) && FindFault(parsed) is { } fault)
        {
            return ReportUsage(fault, parsed, host);
        }

        var invocation = new InvocationConfiguration
        {
            Output = host.Out,
            Error = host.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeToStop,
        };
        return await parsed.InvokeAsync(invocation, cancellationToken);
    }

    /// <summary>The whole command tree, for completion and documentation.</summary>
    internal static RootCommand BuildAll(CliHost host) => Build([], host);

    // Only the verbs whose name is among the arguments are built: building all of them costs more than most of them take.
    private static RootCommand Build(string[] args, CliHost host)
    {
        var root = new RootCommand("Hutch takes data from the detector to the published, replicated, reusable dataset.");
        foreach (Option option in root.Options.ToArray())
        {
            if (option is VersionOption)
            {
                root.Options.Remove(option);
            }
            else if (option is System.CommandLine.Help.HelpOption { Action: System.CommandLine.Help.HelpAction action } help)
            {
                help.Action = new HelpWithExamples(action, VerbList.Sections.Select(section => section.In(host)));
            }
        }

        GlobalOptions.AddTo(root);
        VerbFactory[] asked = [.. VerbList.All.Where(v => args.Contains(v.Name))];
        foreach (VerbFactory verb in asked.Length > 0 ? asked : VerbList.All)
        {
            root.Add(verb.Create(host));
        }

        return root;
    }

    private static bool AsksForHelp(string[] args) => args.Any(a => a is "--help" or "-h" or "-?");

    /// <summary>Describes the error in a command line in one sentence; null for none.</summary>
    private static string? FindFault(ParseResult parsed)
    {
        if (parsed.Errors.Count > 0)
        {
            return InOurWords(parsed.Errors[^1].Message, parsed); // a misspelled verb is missing too; its spelling is what helps
        }

        // The parser takes an unknown option for an argument wherever an argument is allowed.
        bool dashesAreNames = parsed.Tokens.Any(t => t.Type == TokenType.DoubleDash);
        Token? unknown = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).FirstOrDefault(
            t => t.Value.StartsWith('-'));
        return unknown is null || dashesAreNames ? null : InOurWords($"Unrecognized option '{unknown.Value}'.", parsed);
    }

    // The parser names types of .NET, and knows no word that is near.
    private static string InOurWords(string message, ParseResult parsed)
    {
        if (ExpectedType().Match(message) is { Success: true } type)
        {
            string kind = type.Groups[1].Value.Contains("Int", StringComparison.Ordinal) ? "a whole number"
                : type.Groups[1].Value.Contains("Date", StringComparison.Ordinal) ? "a date, such as 2027-01-01"
                : type.Groups[1].Value.Contains("Boolean", StringComparison.Ordinal) ? "true or false"
                : "a number";
            return $"{message[..type.Index]}: it must be {kind}.";
        }

        if (UnknownWord().Match(message) is not { Success: true } word)
        {
            return message;
        }

        Command command = parsed.CommandResult.Command;
        IEnumerable<string> known = word.Groups[1].Value.StartsWith('-')
            ? command.Options.Concat(parsed.RootCommandResult.Command.Options).Where(o => !o.Hidden).Select(o => o.Name)
            : command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);
        return message.TrimEnd('.') + Suggestion.For(word.Groups[1].Value, known);
    }

    [GeneratedRegex(" as expected type '([^']*)'")]
    private static partial Regex ExpectedType();

    [GeneratedRegex("^Unrecognized .* '([^']+)'")]
    private static partial Regex UnknownWord();

    private static int ReportUsage(string fault, ParseResult parsed, CliHost host)
    {
        host.Error.WriteLine("hutch: " + fault);
        host.Error.WriteLine($"  `{CommandPath(parsed.CommandResult)} --help` shows the usage.");
        return ExitCode.Usage;
    }

    private static int ReportAbsent(FullProgramVerb verb, CliHost host)
    {
        host.Error.WriteLine(
            $"hutch: `hutch {verb.Path}` is in the full program, not in the client: install the full program on this machine, "
            + "or run the command on one that has it.");
        return ExitCode.Usage;
    }

    private static string CommandPath(CommandResult result) =>
        result.Parent is CommandResult parent ? CommandPath(parent) + " " + result.Command.Name : "hutch";
}
