using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Agents;

/// <summary>The folder that a verb of the agent is about: all of them read a path in the same way.</summary>
internal static class AgentFolder
{
    public const string Description = "The folder, as the server sees it; a relative path begins at the current folder.";

    /// <summary>Returns the absolute path. That of another machine begins with a slash, also on Windows.</summary>
    public static string PathOf(CliContext context, Argument<string> folder) =>
        context.Value(folder) is ['/', ..] absolute ? absolute : context.FullPath(context.Value(folder)!);
}
