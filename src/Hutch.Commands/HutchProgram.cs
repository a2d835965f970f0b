using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Commands.Usage;
using Hutch.Commands.Verbs;

namespace Hutch.Commands;

/// <summary>The command line of both programs: builds the verb that is asked for, parses, runs it.</summary>
internal static class HutchProgram
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
        bool json = args.TakeWhile(arg => arg != "--").Contains(GlobalOptions.Json.Name);
        if (UsageFaults.InFirstWord(args, host) is { } unknown)
        {
            return unknown.Write(host, json);
        }

        RootCommand root = Build(args, host);
        ParseResult parsed = root.Parse(args, Parser);
        if (parsed.CommandResult.Command is FullProgramVerb absent)
        {
            return Absent(absent).Write(host, json);
        }

        if (!AsksForHelp(args) && UsageFaults.Find(parsed) is { } fault)
        {
            return fault.Write(host, json);
        }

        var invocation = new InvocationConfiguration
        {
            Output = host.Out,
            Error = host.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeToStop,
        };
        try
        {
            return await parsed.InvokeAsync(invocation, cancellationToken);
        }
        catch (IOException e) when (StandardStreams.IsReaderGone(e))
        {
            // Of a help text: verbs complete by themselves.
            return ExitCode.Ok;
        }
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
                help.Action = new HelpWithExamples(action, VerbList.Sections.Select(section => section.In(host)), host.Screen);
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

    private static UsageFault Absent(FullProgramVerb verb) => new(
        $"`hutch {verb.Path}` is in the full program, not in the client: install the full program on this machine, or run the command on "
        + "one that has it.",
        "");
}
