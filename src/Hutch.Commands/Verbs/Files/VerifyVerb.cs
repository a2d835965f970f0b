using Hutch.Client.Fetch;
using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Files;

/// <summary><c>hutch verify</c>: lets the server read every byte again.</summary>
internal sealed class VerifyVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "verify",
        "Verify a dataset: the server reads every byte and compares it with its hash.",
        "hutch verify lysozyme",
        "hutch verify study --recursive",
        "hutch verify --local",
        "hutch verify --local --exclude '*.tmp'")
{
    private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional(
        "The dataset, or DATASET@SNAPSHOT (default: that of the working directory)."));
    private readonly Option<bool> _local = verb.Option<bool>(
        "--local", "Instead, read every file of the working directory and compare it with the snapshot on the server.");
    private readonly Option<string[]> _exclude = verb.Add(ExcludeOption.Create());
    private readonly Option<bool> _recursive = verb.Add(RecursiveOption.Make(
        "Verify the datasets inside it, too, at the versions that it names; with --local, those that are cloned in it."));

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        if (context.Value(_local))
        {
            return await VerifyLocalAsync(context, cancellationToken);
        }

        if (context.Value(_exclude) is [_, ..])
        {
            throw ErrorCode.BadRequest.With(
                "--exclude says what to ignore in the working directory; the server verifies everything. Add --local.").ToException();
        }

        (DatasetInfo dataset, string? at) = await context.ResolveAsync(context.Value(_dataset), cancellationToken);
        NestedRun? run = null;
        run = new NestedRun(
            context, site: null, context.Value(_recursive), (target, ct) => VerifyAsync(context, run!, target, ct),
            static nested => $"verify {RecursiveOption.Versioned(nested)}");
        int code = await run.RunAsync(new NestedTarget(dataset.Id, at, "") { Info = dataset }, cancellationToken);
        run.Report();
        return code;
    }

    private static async Task<NestedVisit> VerifyAsync(
        CliContext context, NestedRun run, NestedTarget target, CancellationToken cancellationToken)
    {
        (DatasetInfo dataset, string? at) = await run.ResolveAsync(target, cancellationToken);
        VerifyLine? last = null;
        await foreach (VerifyLine line in context.Server.VerifyAsync(dataset.Id, at, cancellationToken))
        {
            if (last is null)
            {
                context.Progress.Start("Verifying", line.Total, line.TotalBytes);
            }

            context.Progress.Add(line.Checked - (last?.Checked ?? 0), line.Bytes - (last?.Bytes ?? 0));
            foreach (string problem in line.Problems ?? [])
            {
                context.Host.Error.WriteLine("hutch: " + problem);
            }

            last = line;
        }

        context.Progress.Dispose();
        bool ok = last?.Ok == true;
        string verdict = ok ? "no damage" : "some files are damaged or gone";
        context.Print(
            last!,
            HutchJson.Default.VerifyLine,
            $"{dataset.Name}: {Human.Count(last!.Checked, "blob")}, {Display.Bytes(last.Bytes)} read; {verdict}.");
        return new NestedVisit(ok ? ExitCode.Ok : ExitCode.VerificationFailed, at) { IsNewest = true };
    }

    private async Task<int> VerifyLocalAsync(CliContext context, CancellationToken cancellationToken)
    {
        if (context.Value(_dataset) is not null)
        {
            throw ErrorCode.BadRequest.With("--local compares the working directory that you are in; name no dataset.").ToException();
        }

        Workspace workspace = context.RequireWorkspace(_exclude);
        string[] exclude = context.Value(_exclude) ?? [];
        var run = new NestedRun(
            context, site: null, context.Value(_recursive),
            async (target, ct) =>
            {
                if (target.Path.Length == 0)
                {
                    return await VerifyLocalAsync(context, workspace, ct);
                }

                using Workspace inside = Workspace.TryOpen(target.Folder!, context.Host.Time)!;
                inside.Exclude(exclude);
                return await VerifyLocalAsync(context, inside, ct);
            },
            nested => RecursiveOption.InFolder(context, "clone", nested))
        {
            OnlyHere = true,
        };
        int code = await run.RunAsync(
            new NestedTarget(workspace.Config.Dataset, null, "") { Folder = workspace.Path, IsHere = true }, cancellationToken);
        run.Report();
        return code;
    }

    private static async Task<NestedVisit> VerifyLocalAsync(CliContext context, Workspace workspace, CancellationToken cancellationToken)
    {
        LocalVerifyOutcome outcome = await new LocalVerifyEngine(context.Server, workspace, context.Progress).RunAsync(cancellationToken);
        context.Progress.Dispose();
        if (!context.Json)
        {
            Write("different", outcome.Different);
            Write("missing", outcome.Missing);
            Write("only here", outcome.Added);
        }

        context.Print(
            outcome,
            CliJson.Default.LocalVerifyOutcome,
            $"{workspace.Path}: {Human.Count(outcome.Same, "entry", "entries")}, {Display.Bytes(outcome.Bytes)} "
            + $"as in {workspace.Config.Name ?? workspace.Config.Dataset.ToString()}@{outcome.Snapshot ?? 0}; "
            + $"{Human.Count(outcome.Different.Count)} different, {Human.Count(outcome.Missing.Count)} missing, "
            + $"{Human.Count(outcome.Placeholders, "placeholder")}.");
        return new NestedVisit(
            outcome.Ok ? ExitCode.Ok : ExitCode.VerificationFailed, outcome.Snapshot?.ToString(CultureInfo.InvariantCulture));

        void Write(string word, List<string> paths) =>
            paths.ForEach(path => context.Host.Out.WriteLine($"  {word,-13} {Display.Name(path)}"));
    }
}
