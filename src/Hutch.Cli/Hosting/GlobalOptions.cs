using System.CommandLine;

namespace Hutch.Cli.Hosting;

/// <summary>The options that every verb takes.</summary>
internal static class GlobalOptions
{
    internal static readonly Option<string?> Remote = new("--remote")
    {
        Description = "The server. Otherwise HUTCH_REMOTE, the working directory, or the server of the last login.",
        HelpName = "URL",
        Recursive = true,
    };

    internal static readonly Option<string?> Token = new("--token")
    {
        Description = "The token. Otherwise HUTCH_TOKEN, or that of the login. Others can see the arguments of a program: prefer those.",
        HelpName = "TOKEN",
        Recursive = true,
    };

    internal static readonly Option<bool> Json =
        new("--json") { Description = "Print JSON, one object a line; errors too.", Recursive = true };

    internal static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "No progress and no notes.", Recursive = true };

    internal static readonly Option<bool> Verbose =
        new("--verbose", "-v") { Description = "Say more, also where an error came from.", Recursive = true };

    internal static void AddTo(RootCommand root)
    {
        root.Add(Remote);
        root.Add(Token);
        root.Add(Json);
        root.Add(Quiet);
        root.Add(Verbose);
    }
}
