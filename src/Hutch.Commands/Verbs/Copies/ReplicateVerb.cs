using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Copies;

/// <summary><c>hutch replicate</c>: has a dataset copied to another site, and shows where its copies are.</summary>
internal sealed class ReplicateVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "replicate",
        "Have a dataset copied to another site of the zone, and show where its copies are. The site fetches and verifies it, and "
        + "follows it while it is open.",
        "hutch replicate sample-42 --to archive",
        "hutch replicate sample-42",
        "hutch replicate sample-42 --remove archive")
{
    private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional());
    private readonly Option<string[]> _to = verb.Option<string[]>(
        "--to SITE", "A site that is to have a copy; repeatable. Without one, only shows where the copies are.");
    private readonly Option<string[]> _remove = verb.Option<string[]>(
        "--remove SITE", "A site that need not have its copy any more; repeatable. It is released unless a rule wants it.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        (DatasetId dataset, string name) = await context.ResolveNamedAsync(context.Value(_dataset), cancellationToken);
        CopyList? copies = null;
        foreach (string site in context.Value(_to) ?? [])
        {
            copies = await context.Server.RequestCopyAsync(dataset, new AskCopy { Site = site }, cancellationToken);
        }

        foreach (string site in context.Value(_remove) ?? [])
        {
            copies = await context.Server.WithdrawCopyAsync(dataset, site, cancellationToken);
        }

        copies ??= await context.Server.GetCopiesAsync(dataset, cancellationToken);
        if (context.Json)
        {
            context.PrintJson(copies, HutchJson.Default.CopyList);
            return ExitCode.Ok;
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
        return ExitCode.Ok;
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
