using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Files;

internal sealed class StatusVerb : Verb
{
    private readonly Option<string[]> _exclude = ExcludeOption.Create();

    internal StatusVerb(CliHost host)
        : base(host, "status", "Show local changes since the last push or pull. Works offline.", "hutch status") => Add(_exclude);

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        Workspace workspace = context.RequireWorkspace(_exclude);
        WorkspaceStatus status = await StatusEngine.RunAsync(workspace, context.Progress, cancellationToken);
        context.Progress.Dispose();
        if (context.Json)
        {
            context.PrintJson(status, CliJson.Default.WorkspaceStatus);
            return ExitCode.Ok;
        }

        TextWriter output = context.Host.Out;
        string version = status.Base is { } number ? $"@{number}" : ", never pushed";
        output.WriteLine($"{workspace.Config.Name ?? workspace.Config.Dataset.ToString()}{version} at {workspace.Config.Remote}");
        Write(output, "added", status.Added);
        Write(output, "changed", status.Changed);
        Write(output, "removed", status.Removed);
        Write(output, "unstable", status.Unstable);
        foreach (PullConflict conflict in status.Conflicts)
        {
            output.WriteLine($"  {"conflict",-13} {ResolveVerb.Describe(conflict)}");
        }

        foreach (UnstorableItem item in status.Unstorable)
        {
            output.WriteLine($"  {"cannot push",-13} {Display.Name(item.Path)}: {item.Reason}");
        }

        foreach (string warning in status.Warnings)
        {
            output.WriteLine(warning);
        }

        if (status.Placeholders > 0)
        {
            output.WriteLine(
                $"{Human.Count(status.Placeholders, "file is a placeholder", "files are placeholders")}; `hutch get` downloads them.");
        }

        if (status.Ignored > 0)
        {
            output.WriteLine(
                $"{Human.Count(status.Ignored, "path is", "paths are")} ignored (a folder counts once): see .hutchignore and --exclude.");
        }

        output.WriteLine(NextStep(status));
        return ExitCode.Ok;
    }

    private static string NextStep(WorkspaceStatus status) => status switch
    {
        { Unfinished: true } => "The clone was interrupted; run the same `hutch clone` again to complete it.",
        { Conflicts.Count: > 0 } => "Decide each conflict with `hutch resolve PATH --mine` or `hutch resolve PATH --theirs`, then push.",
        { IsClean: true } => $"Nothing to push; {Human.Count(status.Entries, "entry", "entries")}.",
        _ => "`hutch push` uploads the changes.",
    };

    private static void Write(TextWriter output, string word, IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
        {
            output.WriteLine($"  {word,-13} {Display.Name(path)}");
        }
    }
}
