using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Files;

/// <summary>The option <c>--exclude</c> of verbs that look at the whole working directory.</summary>
internal static class ExcludeOption
{
    internal static Option<string[]> Create() => new("--exclude")
    {
        Description = "Ignore what matches this pattern, as if it were the last line of .hutchignore; give it again for more.",
        HelpName = "PATTERN",
    };

    /// <summary>Returns the working directory without the excluded files.</summary>
    internal static Workspace RequireWorkspace(this CliContext context, Option<string[]> exclude)
    {
        Workspace workspace = context.RequireWorkspace();
        workspace.Exclude(context.Value(exclude) ?? []);
        return workspace;
    }
}
