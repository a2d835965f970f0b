using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Commands.Verbs.Copies;
using Hutch.Commands.Verbs.Files;

namespace Hutch.Commands.Verbs.Datasets;

internal sealed class InfoVerb(VerbDeclaration verb)
    : Verb(
        verb, "info", "Show a dataset: its state, size, parents and your rights.", "hutch info lysozyme",
        "hutch info ada/lysozyme --site archive")
{
    /// <summary>So many claimed runs are named.</summary>
    private const int MaxClaims = 3;

    private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional());
    private readonly Option<string?> _site = verb.Add(SiteOption.Make(
        "Ask this site of the zone (default: the server; if it cannot reach the home, a site with a whole copy)."));

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string? name = context.Value(_dataset);
        (DatasetInfo dataset, string? version) = context.Value(_site) is { } site
            ? await context.ResolveWithDataAsync(name, site, cancellationToken)
            : await context.ResolveAnywhereAsync(name, cancellationToken);
        CliContext.RefuseVersion(name, version);
        if (context.Json)
        {
            context.PrintJson(dataset, HutchJson.Default.DatasetInfo);
            return ExitCode.Ok;
        }

        TextWriter output = context.Host.Out;
        output.WriteLine($"name       {dataset.Name}");
        WriteIf(output, "", dataset.Provisional == true
            ? "provisional: the zone cannot be reached, and may add a number; no other site knows the dataset" : null);
        WriteIf(output, "here also", dataset.Alias);
        output.WriteLine($"id         {dataset.Id}");
        WriteIf(output, "title", dataset.Title);
        output.WriteLine($"type       {dataset.Type}");
        output.WriteLine($"state      {dataset.State}, {dataset.Visibility}, {dataset.Kind}");
        output.WriteLine(
            $"contents   {Human.Count(dataset.Files, "entry", "entries")}, {Display.Bytes(dataset.Bytes)}, "
            + $"{Human.Count(dataset.Snapshots, "snapshot")}");
        output.WriteLine($"created    {Human.Time(dataset.Created)}");
        WriteIf(output, "closed", dataset.Closed is { } closed ? Human.Time(closed) : null);
        WriteIf(output, "to close", IsOpenResult(dataset)
            ? $"`hutch close {dataset.Name}` makes this version permanent, and starts programs that wait for that" : null);
        WriteIf(output, "published", dataset.Publication);
        WriteIf(output, "temporary", dataset.Expires is { } end ? $"until {Human.Time(end)}; `hutch keep` makes it last" : null);
        WriteIf(output, "in trash", dataset.TrashedUntil is { } until ? $"until {Human.Time(until)}" : null);
        WriteIf(output, "as of", Age(dataset.Age));
        await WriteBytesAsync(context, dataset, cancellationToken);
        await WriteCopiesAsync(context, dataset, cancellationToken);
        foreach (ParentInfo parent in dataset.Parents)
        {
            output.WriteLine($"parent     {parent.Name ?? parent.Id.ToString()}{(parent.Snapshot is { } at ? $"@{at}" : "")}");
        }

        await WriteStatementsAsync(context, dataset, cancellationToken);
        await WriteClaimsAsync(context, dataset, cancellationToken);
        WriteIf(output, "you may", dataset.YourRight);
        return ExitCode.Ok;
    }

    // Results stay open unless their program closes them, which surprises users waiting for the programs that start at a close.
    private static bool IsOpenResult(DatasetInfo dataset) => dataset is
    {
        State: DatasetStates.Open, Kind: "derived", Parents.Count: > 0, Snapshots: > 0, YourRight: "manage", TrashedUntil: null,
    };

    /// <summary>Writes the location of the bytes if they are evicted, and the reasons that delay their eviction or return.</summary>
    private static async Task WriteBytesAsync(CliContext context, DatasetInfo dataset, CancellationToken ct)
    {
        if (dataset.Eviction is null || dataset.YourRight is null or "view")
        {
            WriteIf(context.Host.Out, "bytes", dataset.Eviction);
            return;
        }

        EvictionInfo eviction = await context.Server.GetEvictionAsync(dataset.Id, ct);
        WriteIf(context.Host.Out, "bytes", EvictionOutput.Sentence(eviction));
        foreach (string reason in EvictionOutput.Reasons(eviction))
        {
            WriteIf(context.Host.Out, "waiting", reason);
        }
    }

    /// <summary>Writes the home and the copies of a dataset that is, or can be, at several sites.</summary>
    private static async Task WriteCopiesAsync(CliContext context, DatasetInfo dataset, CancellationToken ct)
    {
        if (dataset.YourRight is null or "view")
        {
            return;
        }

        try
        {
            CopyList copies = await context.Server.GetCopiesAsync(dataset.Id, ct);
            if (copies.Items.Count > 0 || copies.Others is { Count: > 0 })
            {
                WriteIf(context.Host.Out, "home", copies.Home + (copies.MovingTo is { } next ? $", moving to {next}" : ""));
                WriteIf(context.Host.Out, "copies", string.Join(", ", copies.Items.Select(copy => $"{copy.Site} ({copy.State})")));
            }
        }
        catch (HutchException e)
            when (e.Error.Code == ErrorCode.NotFound || e.Error.Code == ErrorCode.Gone || e.Error.Code == ErrorCode.Unprocessable)
        {
            // Purged or in the trash, so that it has no copies; or the server is a site, and copies are known at its zone.
        }
    }

    /// <summary>Writes what sites found when they computed the results again.</summary>
    private static async Task WriteStatementsAsync(CliContext context, DatasetInfo dataset, CancellationToken ct)
    {
        if (dataset.Parents.Count == 0)
        {
            return; // no run made it
        }

        try
        {
            await foreach (StatementInfo statement in context.Server.ListStatementsAsync(dataset.Id, ct))
            {
                WriteIf(
                    context.Host.Out, "rerun",
                    statement.Summary + (statement.Trusted || statement.Run is null ? "" : " (not signed by a site of this zone)"));
            }
        }
        catch (HutchException e) when (e.Error.Code.Status is 404 or 410 or 503)
        {
            // A dataset that is read through this site: its home has them.
        }
    }

    /// <summary>Writes the newest runs that commits of git claim.</summary>
    private static async Task WriteClaimsAsync(CliContext context, DatasetInfo dataset, CancellationToken ct)
    {
        if (dataset.YourRight is null or "view")
        {
            return;
        }

        try
        {
            IReadOnlyList<ClaimedRunInfo> claimed = (await context.Server.GetLineageAsync(dataset.Id, ct)).Claimed ?? [];
            foreach (ClaimedRunInfo run in claimed.Take(MaxClaims))
            {
                WriteIf(
                    context.Host.Out, "run",
                    $"{Display.Plain(run.Command ?? run.Message, Display.MaxShownCharacters)}, claimed by "
                    + $"{Display.Plain(run.Author, Display.MaxShownCharacters)} in commit {run.Commit}: `{run.Rerun}`");
            }

            int rest = claimed.Count - MaxClaims;
            WriteIf(context.Host.Out, "", rest > 0 ? $"{Human.Count(rest, "more run is", "more runs are")} in the lineage" : null);
        }
        catch (HutchException e) when (e.Error.Code.Status is 404 or 410 or 503)
        {
            // A dataset that is read through this site: its home has them.
        }
    }

    private static string? Age(long? seconds) => seconds is not { } age ? null
        : age < 120 ? $"{age} s ago; its home is another site"
        : $"{Human.Duration(TimeSpan.FromSeconds(age))} ago; its home is another site";

    private static void WriteIf(TextWriter output, string label, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            output.WriteLine($"{label,-10} {Display.Name(value)}");
        }
    }
}
