using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Files;

internal sealed class DiffVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "diff",
        "List the paths that differ between two versions of a dataset, or of two datasets.",
        "hutch diff",
        "hutch diff lysozyme@1 lysozyme@3",
        "hutch diff lysozyme@3 insulin@1",
        "hutch diff @2")
{
    private readonly Argument<string?> _from = verb.Argument<string?>(
        "from",
        "The earlier version, DATASET@SNAPSHOT or @SNAPSHOT "
        + "(default: compare the working directory with the last push or pull).",
        ArgumentArity.ZeroOrOne);
    private readonly Argument<string?> _to = verb.Argument<string?>(
        "to", "The later version, DATASET@SNAPSHOT or @SNAPSHOT (default: the current state).", ArgumentArity.ZeroOrOne);
    private readonly Option<string[]> _exclude = verb.Add(ExcludeOption.Create());
    private long _lines;

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        await CompareAsync(context, cancellationToken);
        if (_lines == 0)
        {
            context.WriteNote("No differences.");
        }

        return ExitCode.Ok;
    }

    private async Task CompareAsync(CliContext context, CancellationToken cancellationToken)
    {
        if (context.Value(_from) is not { } from)
        {
            await foreach (DiffLine line in StatusEngine.DiffAsync(context.RequireWorkspace(_exclude), context.Progress, cancellationToken))
            {
                Print(context, line);
            }

            return;
        }

        if (context.Value(_exclude) is [_, ..])
        {
            throw ErrorCode.BadRequest.With(
                "--exclude says what to ignore in the working directory; two versions are compared in full.").ToException();
        }

        (DatasetInfo dataset, string version) = await VersionAsync(context, from, cancellationToken);
        (DatasetInfo? other, string? to) = context.Value(_to) is { } later
            ? await VersionAsync(context, later, cancellationToken)
            : (null, null);
        using FixedListing<DiffLine> diff = await context.Server.DiffAsync(
            dataset.Id, version, to, other is { } second && second.Id != dataset.Id ? second.Id : null, cancellationToken);
        await foreach (DiffLine line in diff.Lines.WithCancellation(cancellationToken))
        {
            Print(context, line);
        }
    }

    private static async Task<(DatasetInfo Dataset, string Version)> VersionAsync(
        CliContext context, string text, CancellationToken cancellationToken)
    {
        (DatasetInfo dataset, string? at) = await context.ResolveAsync(text, cancellationToken);
        return at is not null
            ? (dataset, at)
            : throw ErrorCode.InvalidName.With(
                $"{Display.Quote(text)} is not a version; write {text}@N, with N from `hutch log {text}`.").ToException();
    }

    private void Print(CliContext context, DiffLine line)
    {
        _lines++;
        char sign = line.Change switch { "added" => '+', "removed" => '-', _ => '~' };
        long before = line.Before?.Size ?? 0;
        long after = line.After?.Size ?? 0;
        string size = line.Change == "changed"
            ? $"{Display.Bytes(before)} -> {Display.Bytes(after)}"
            : Display.Bytes(Math.Max(before, after));
        context.Print(line, HutchJson.Default.DiffLine, $"{sign} {Display.Name(line.Path)}  ({size})");
    }
}
