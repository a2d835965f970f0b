namespace Hutch.Commands.Hosting;

internal static class GlobalOptions
{
    internal static readonly Option<string?> Remote = new("--remote")
    {
        Description = "The server's URL (default: $HUTCH_REMOTE, the working directory's server, or that of the last login).",
        HelpName = "URL",
        Recursive = true,
    };

    internal static readonly Option<string?> Token = new("--token")
    {
        Description = "The token (default: $HUTCH_TOKEN, or the token of the login). Other users can see it on the command line.",
        HelpName = "TOKEN",
        Recursive = true,
    };

    internal static readonly Option<bool> Json =
        new("--json") { Description = "Print JSON, one object per line; errors too.", Recursive = true };

    internal static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Print no progress or notes.", Recursive = true };

    internal static readonly Option<bool> Verbose =
        new("--verbose", "-v") { Description = "Print more, such as the stack trace of an error.", Recursive = true };

    internal static void AddTo(RootCommand root)
    {
        root.Add(Remote);
        root.Add(Token);
        root.Add(Json);
        root.Add(Quiet);
        root.Add(Verbose);
    }
}
