using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Files;

internal sealed class StatusVerb(VerbDeclaration verb)
    : Verb(verb, "status", "Show local changes since the last push or pull. Works offline.", "hutch status", "hutch status --all")
{
    private const int MaxOfFolder = 10;
    private const int MaxLines = 40;

    private readonly Option<bool> _all = verb.Option<bool>(
        "--all", "List every changed path. Without it, folders with many are counted.");
    private readonly Option<string[]> _exclude = verb.Add(ExcludeOption.Create());

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
        bool all = context.Value(_all);
        Write(output, "added", all ? status.Added : Folders(status.Added));
        Write(output, "changed", all ? status.Changed : Folders(status.Changed));
        Write(output, "removed", all ? status.Removed : Folders(status.Removed));
        if (status.Added.Count + status.Changed.Count + status.Removed.Count > 0)
        {
            output.WriteLine(
                $"{Human.Count(status.Added.Count)} added, {Human.Count(status.Changed.Count)} changed, "
                + $"{Human.Count(status.Removed.Count)} removed.");
        }

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
                $"{Human.Count(status.Ignored, "path")} ignored by .hutchignore or --exclude; a folder counts once.");
        }

        output.WriteLine(NextStep(status, workspace.Config));
        return ExitCode.Ok;
    }

    private static string NextStep(WorkspaceStatus status, WorkspaceConfig config) => status switch
    {
        { Unfinished: true } => "The clone was interrupted; run the same `hutch clone` again to complete it.",
        { Conflicts.Count: > 0 } => "Decide each conflict with `hutch resolve PATH --mine` or `hutch resolve PATH --theirs`, then push.",
        { IsClean: true } => $"Nothing to push; {Human.Count(status.Entries, "entry", "entries")}.",
        { Closed: true } => "The dataset is closed, so that the changes cannot be pushed to it. Make a new one of it, clone that, and copy "
            + $"your files there: `hutch derive {config.Name ?? config.Dataset.ToString()} --name NEW`.",
        _ => "`hutch push` uploads the changes.",
    };

    /// <summary>
    /// The paths. Those of a top folder with many are one line, as are many files outside of folders, and all folders beyond a number.
    /// </summary>
    private static List<string> Folders(IReadOnlyList<string> paths)
    {
        IGrouping<string, string>[] folders = [.. paths.GroupBy(TopFolder)];
        List<string> lines =
        [
            .. folders.SelectMany(static folder => folder.Count() <= MaxOfFolder ? folder : (IEnumerable<string>)
                [$"{(folder.Key.Length == 0 ? "./" : folder.Key)} ({Paths(folder.Count())})"]),
        ];
        return lines.Count <= MaxLines
            ? lines
            : [$"{Paths(paths.Count)} in {Human.Count(folders.Length, "folder")}; --all lists them"];
    }

    private static string TopFolder(string path) => path[..(path.IndexOf('/', StringComparison.Ordinal) + 1)];

    private static string Paths(int count) => Human.Count(count, "path");

    private static void Write(TextWriter output, string word, IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
        {
            output.WriteLine($"  {word,-13} {Display.Name(path)}");
        }
    }
}
