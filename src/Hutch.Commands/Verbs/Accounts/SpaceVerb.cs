using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Accounts;

/// <summary><c>hutch space</c>: shows what can be freed, how, and with which proof.</summary>
internal sealed class SpaceVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "space",
        "Show what the disk of the server gains if you free it, by which command, and why nothing is lost; and what prevents the rest. It "
        + "counts your datasets and those of groups that you manage; for an administrator of the site, all.",
        "hutch space",
        "hutch space --owner beamline-7",
        "hutch space --by type")
{
    private const int MostLines = 1000;

    private readonly Option<string?> _owner = verb.Add(new Option<string?>("--owner")
    {
        Description = "Only the datasets of this user or group.",
        HelpName = "OWNER",
    });

    private readonly Option<string?> _by = verb.Add(new Option<string?>("--by")
    {
        Description = "Add up the listed lines: owner, type or kind.",
        HelpName = "WHAT",
    });

    private readonly Option<int> _limit = verb.Add(new Option<int>("--limit")
    {
        Description = "Most lines; the others are counted.",
        HelpName = "N",
        DefaultValueFactory = static _ => 50,
    });

    private readonly Option<bool> _csv = verb.Option<bool>("--csv", "Write CSV, with bytes as numbers.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        Func<SpaceLineInfo, string>? key = context.Value(_by) switch
        {
            null => null,
            "owner" => static line => line.Owner,
            "type" => static line => line.Type,
            "kind" => static line => line.Kind,
            var other => throw ErrorCode.BadRequest.With($"--by is owner, type or kind, not '{other}'.").ToException(),
        };
        SpaceInfo space = await context.Server.GetSpaceAsync(
            context.Value(_owner), Math.Clamp(key is null ? context.Value(_limit) : MostLines, 1, MostLines), cancellationToken);
        if (context.Json)
        {
            context.PrintJson(space, HutchJson.Default.SpaceInfo);
            return ExitCode.Ok;
        }

        (string[] headers, IEnumerable<(long Bytes, string[] Cells)> rows) = key is null ? Lines(space) : Sums(space, key);
        if (context.Value(_csv))
        {
            context.Host.Out.WriteLine(string.Join(',', ["bytes", .. headers.Select(static one => one.ToLowerInvariant())]));
            foreach ((long bytes, string[] cells) in rows)
            {
                context.Host.Out.WriteLine(string.Join(',', [bytes.ToString(CultureInfo.InvariantCulture), .. cells.Select(Quote)]));
            }

            return ExitCode.Ok;
        }

        var table = new TextTable(["BYTES", .. headers]);
        foreach ((long bytes, string[] cells) in rows)
        {
            table.Add([Display.Bytes(bytes), .. cells]);
        }

        context.Write(table, "Nothing can be freed.");
        WriteRest(context, space);
        return ExitCode.Ok;
    }

    private static (string[] Headers, IEnumerable<(long Bytes, string[] Cells)> Rows) Lines(SpaceInfo space) =>
    (
        ["DATASET", "WHEN", "COMMAND", "PROOF"],
        space.Lines.Select(static line => (
            line.Bytes,
            (string[])
            [
                line.Name, line.Until is { } until ? Human.Time(until) : "after the next collection", line.Command ?? "",
                string.Join(' ', line.Proofs),
            ]))
    );

    private static (string[] Headers, IEnumerable<(long Bytes, string[] Cells)> Rows) Sums(
        SpaceInfo space, Func<SpaceLineInfo, string> key) =>
    (
        ["OF", "DATASETS"],
        space.Lines.GroupBy(key).Select(static one => (
                one.Sum(static line => line.Bytes), (string[])[one.Key, one.Count().ToString(CultureInfo.InvariantCulture)]))
            .OrderByDescending(static one => one.Item1)
    );

    private static void WriteRest(CliContext context, SpaceInfo space)
    {
        if (space.More > 0)
        {
            context.WriteNote($"{Human.Count(space.More, "further line")}: {Display.Bytes(space.MoreBytes)}.");
        }

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
            context.WriteNote(
                $"{Human.Count(one.Datasets, "dataset")} of {Display.Bytes(one.LogicalBytes)}, such as {one.Example}: {one.Reason}");
        }
    }

    private static string Quote(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
