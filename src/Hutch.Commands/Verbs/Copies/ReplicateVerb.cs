using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Commands.Verbs.Files;

namespace Hutch.Commands.Verbs.Copies;

/// <summary><c>hutch replicate</c>: has a dataset copied to another site, and shows where its copies are.</summary>
internal sealed class ReplicateVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "replicate",
        "Have a dataset copied to another site of the zone, and show where its copies are. The site fetches and verifies it, and "
        + "follows it while it is open.",
        "hutch replicate sample-42 --to archive",
        "hutch replicate study --to archive --recursive",
        "hutch replicate sample-42",
        "hutch replicate sample-42 --remove archive")
{
    private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional());
    private readonly Option<string[]> _to = verb.Option<string[]>(
        "--to SITE", "A site that is to have a copy; repeatable. Without one, only shows where the copies are.");
    private readonly Option<string[]> _remove = verb.Option<string[]>(
        "--remove SITE", "A site that need not have its copy any more; repeatable. It is released unless a rule wants it.");

    private readonly Option<bool> _recursive = verb.Add(RecursiveOption.Make(
        "Do it for the datasets inside the newest version, too. Their copies have all of their versions."));

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        (DatasetId dataset, string name) = await context.ResolveNamedAsync(context.Value(_dataset), cancellationToken);
        (string[] to, string[] remove) = (context.Value(_to) ?? [], context.Value(_remove) ?? []);
        bool isRecursive = context.Value(_recursive);
        string words = string.Concat(to.Select(static site => $" --to {site}").Concat(remove.Select(static site => $" --remove {site}")));
        var run = new NestedRun(
            context, site: null, isRecursive,
            async (target, ct) =>
            {
                await ReplicateAsync(context, target.Dataset, target.Path.Length > 0 ? target.Path : name, to, remove, ct);
                return new NestedVisit(ExitCode.Ok, target.At) { IsNewest = isRecursive || to.Length > 0 };
            },
            nested => $"replicate {nested.Dataset}{words}");
        int code = await run.RunAsync(new NestedTarget(dataset, null, ""), cancellationToken);
        run.Report();
        return code;
    }

    private static async Task ReplicateAsync(
        CliContext context, DatasetId dataset, string name, string[] to, string[] remove, CancellationToken cancellationToken)
    {
        CopyList? copies = null;
        foreach (string site in to)
        {
            copies = await context.Server.RequestCopyAsync(dataset, new AskCopy { Site = site }, cancellationToken);
        }

        foreach (string site in remove)
        {
            copies = await context.Server.WithdrawCopyAsync(dataset, site, cancellationToken);
        }

        copies ??= await context.Server.GetCopiesAsync(dataset, cancellationToken);
        if (context.Json)
        {
            context.PrintJson(copies, HutchJson.Default.CopyList);
            return;
        }

        var table = new TextTable("SITE", "STATE", "SNAPSHOT", "FILES", "BYTES", "SINCE", "HEARD", "NOTE");
        foreach (CopyInfo copy in copies.Items)
        {
            table.Add(
                copy.Site, copy.State, Snapshot(copy), Files(copy), Bytes(copy), Time(copy.Complete), Time(copy.Told),
                copy.Problem ?? copy.Reason ?? "");
        }

        context.Write(table, "No other site has a copy.");
        CopyFailureOutput.Write(context, copies.Items.Select(static copy => (copy.Site, copy.Failures)));
        context.WriteNote($"The home of {name} is {copies.Home}."
            + (copies.Others is { } others ? $" Other sites of the zone: {string.Join(", ", others)}." : ""));
    }

    private static string Time(DateTimeOffset? at) => at is { } time ? Human.Time(time) : "";

    private static string Snapshot(CopyInfo copy) =>
        copy.Snapshot is long number ? "@" + number.ToString(CultureInfo.InvariantCulture) : "";

    private static string Files(CopyInfo copy) => copy.Files is not long files ? ""
        : copy.FilesDone == files ? Human.Count(files)
        : $"{Human.Count(copy.FilesDone)} of {Human.Count(files)}";

    private static string Bytes(CopyInfo copy) => copy.Bytes is not long bytes ? ""
        : copy.BytesDone == bytes ? Display.Bytes(bytes)
        : $"{Display.Bytes(copy.BytesDone)} of {Display.Bytes(bytes)}{Left(copy)}";

    private static string Left(CopyInfo copy) =>
        copy.SecondsLeft is long seconds ? $", about {Display.Duration(TimeSpan.FromSeconds(seconds))} left" : "";
}
