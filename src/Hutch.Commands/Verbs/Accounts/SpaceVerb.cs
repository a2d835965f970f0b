using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Accounts;

/// <summary><c>hutch space</c>: shows what can be freed, how, and with which proof; and frees what is named.</summary>
internal sealed class SpaceVerb(VerbDeclaration verb)
    : Verb(
        verb.With(Confirmation.Yes),
        "space",
        "Show what the disk of the server gains if you free it, by which command, and why nothing is lost; and what prevents the rest. It "
        + "counts your datasets and those of groups that you manage; for an administrator of the site, all.",
        "hutch space",
        "hutch space --owner beamline-7",
        "hutch space --by visit",
        "hutch space --csv > space.csv",
        "hutch space --free sample-42 sample-43",
        "hutch space --free ada/scratch --reason 'no longer needed'")
{
    /// <summary>More than a server lists.</summary>
    internal const int AllLines = 20_000;

    private readonly Option<string?> _owner = verb.Add(new Option<string?>("--owner")
    {
        Description = "Only the datasets of this user or group.",
        HelpName = "OWNER",
    });

    private readonly Option<string?> _by = verb.Add(new Option<string?>("--by")
    {
        Description = "Add up all lines: owner, group, visit, instrument, type, kind, program or age.",
        HelpName = "WHAT",
    });

    private readonly Option<int> _limit = verb.Add(new Option<int>("--limit")
    {
        Description = "Most lines; the others are counted.",
        HelpName = "N",
        DefaultValueFactory = static _ => 50,
    });

    private readonly Option<bool> _csv = verb.Option<bool>("--csv", "Write all lines as CSV, with bytes as numbers.");

    private readonly Option<string[]> _free = verb.Add(new Option<string[]>("--free")
    {
        Description = "Free the lines of these datasets, each by the command that it names.",
        HelpName = "DATASET",
        AllowMultipleArgumentsPerToken = true,
    });

    private readonly Option<string?> _reason = verb.Option<string?>(
        "--reason TEXT", "The reason of purges, kept in the audit log and in the records of the datasets.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        if (context.Value(_free) is { Length: > 0 } named)
        {
            return await new SpaceFreeing(context, context.Value(_reason)).RunAsync(named, cancellationToken);
        }

        string? by = context.Value(_by);
        bool isCsv = context.Value(_csv) && !context.Json;
        int limit = (by, isCsv) switch
        {
            (not null, _) => 1,
            (null, true) => AllLines,
            _ => Math.Clamp(context.Value(_limit), 1, AllLines),
        };
        SpaceInfo space = await context.Server.GetSpaceAsync(context.Value(_owner), by, limit, cancellationToken);
        if (context.Json)
        {
            context.PrintJson(space, HutchJson.Default.SpaceInfo);
        }
        else if (isCsv)
        {
            WriteCsv(context, space, by);
        }
        else
        {
            WriteTable(context, space, by);
        }

        return ExitCode.Ok;
    }

    private static void WriteTable(CliContext context, SpaceInfo space, string? by)
    {
        TextTable table = by is null
            ? new("BYTES", "DATASET", "WHEN", "COMMAND", "PROOF")
            : new("BYTES", by.ToUpperInvariant(), "DATASETS");
        foreach (SpaceSumInfo sum in space.Sums)
        {
            table.Add(Display.Bytes(sum.Bytes), sum.Of is "" ? "-" : sum.Of, Human.Count(sum.Datasets));
        }

        foreach (SpaceLineInfo line in by is null ? space.Lines : [])
        {
            table.Add(
                Display.Bytes(line.Bytes), line.Name, line.Until is { } until ? Human.Time(until) : "after the next collection",
                line.Command ?? "", string.Join(' ', line.Proofs));
        }

        context.Write(table, "Nothing can be freed.");
        if (space.More > 0 && by is null)
        {
            context.WriteNote($"{Human.Count(space.More, "further line")}: {Display.Bytes(space.MoreBytes)}.");
        }

        WriteRest(context, space);
    }

    private static void WriteRest(CliContext context, SpaceInfo space)
    {
        context.WriteNote(
            $"Together {(space.Exact ? "" : "at most ")}{Display.Bytes(space.Bytes)}"
            + (space.Shared > 0 ? $"; {Display.Bytes(space.Shared)} of it with the last of several datasets that share it." : ".")
            + (space.Exact ? "" : " Bytes that datasets of others have, too, stay."));
        if (!space.Whole)
        {
            context.WriteNote("There are more datasets than one answer examines. Select an owner with --owner.");
        }

        foreach (SpaceObstacleInfo one in space.Obstacles)
        {
            string size = one.Bytes is { } bytes ? $"{Display.Bytes(bytes)} of {Human.Count(one.Datasets, "dataset")}"
                : $"{Human.Count(one.Datasets, "dataset")} of {Display.Bytes(one.LogicalBytes)}";
            context.WriteNote($"{size}, such as {one.Example}: {one.Reason}{(one.Advice is null ? "" : " " + one.Advice)}{Who(one.By)}");
        }
    }

    private static string Who(string by) => by switch
    {
        "manager" => " (managers of the dataset)",
        "operator" => " (operators of the site)",
        "home" => " (at the home)",
        _ => "",
    };

    private static void WriteCsv(CliContext context, SpaceInfo space, string? by)
    {
        TextWriter output = context.Host.Out;
        if (by is not null)
        {
            output.WriteLine($"bytes,{by},datasets");
            foreach (SpaceSumInfo sum in space.Sums)
            {
                output.WriteLine(string.Join(',', Number(sum.Bytes), Quote(sum.Of), Number(sum.Datasets)));
            }

            return;
        }

        output.WriteLine("bytes,dataset,when,command,proof,kind,owner,visit,instrument,type,program,created");
        foreach (SpaceLineInfo line in space.Lines)
        {
            output.WriteLine(string.Join(',', (string[])
            [
                Number(line.Bytes), Quote(line.Name), line.Until is { } until ? Utc(until) : "after the next collection",
                Quote(line.Command ?? ""), Quote(string.Join(' ', line.Proofs)), line.Kind, Quote(line.Owner), Quote(line.Visit ?? ""),
                Quote(line.Instrument ?? ""), Quote(line.Type), Quote(line.Program ?? ""), Utc(line.Created),
            ]));
        }
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Quote(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
