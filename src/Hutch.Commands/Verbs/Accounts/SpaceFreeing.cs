using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Commands.Verbs.Copies;

namespace Hutch.Commands.Verbs.Accounts;

/// <summary>Frees lines of <c>hutch space</c>, each by the request of the command that it names. These decide again.</summary>
internal sealed class SpaceFreeing(CliContext context, string? reason)
{
    internal async Task<int> RunAsync(IReadOnlyList<string> named, CancellationToken cancellationToken)
    {
        IReadOnlyList<SpaceLineInfo> lines = await FindAsync(named, cancellationToken);
        SpaceLineInfo[] purges = [.. lines.Where(static line => line.Kind == "trash")];
        if (purges is [var first, ..] && string.IsNullOrWhiteSpace(reason))
        {
            throw (ErrorCode.BadRequest with { Advice = "Give it with `--reason TEXT`. It stays in the audit and in the record." }).With(
                $"{first.Name} is in the trash, and a purge needs a reason.").ToException();
        }

        string bytes = Display.Bytes(lines.Sum(static line => line.Bytes));
        await Confirmation.RequireAsync(
            context,
            $"Free {bytes} of {Human.Count(lines.Count, "dataset")}"
            + (purges.Length == 0 ? "" : $", and delete {Human.Count(purges.Length, "dataset")} in the trash permanently"),
            cancellationToken);
        var freed = new List<FreedLine>();
        foreach (SpaceLineInfo line in lines)
        {
            freed.Add(await FreeAsync(line, cancellationToken));
        }

        Write(freed);
        return freed.TrueForAll(static one => one.Refusal is null) ? ExitCode.Ok : ExitCode.Conflict;
    }

    /// <summary>Finds the lines before anything is freed: a name without one changes nothing.</summary>
    private async Task<IReadOnlyList<SpaceLineInfo>> FindAsync(IReadOnlyList<string> named, CancellationToken ct)
    {
        SpaceInfo space = await context.Server.GetSpaceAsync(null, null, SpaceVerb.AllLines, ct);
        Dictionary<string, SpaceLineInfo> listed = space.Lines.ToDictionary(static line => line.Id, StringComparer.Ordinal);
        var found = new List<SpaceLineInfo>();
        foreach (string name in named.Distinct(StringComparer.Ordinal))
        {
            (DatasetId id, string full) = await FindIdAsync(name, space, ct);
            if (!listed.TryGetValue(id.ToString(), out SpaceLineInfo? line))
            {
                throw (ErrorCode.NotFound with { Advice = "`hutch space` lists what can be freed, and what prevents the rest." }).With(
                    $"Nothing of {full} can be freed. Nothing was changed.").ToException();
            }

            if (line.Command is null)
            {
                throw ErrorCode.Conflict.With(
                    $"The bytes of {full} end by themselves{(line.Until is { } until ? $" by {Human.Time(until)}" : "")}, and no command "
                    + "frees them earlier. Nothing was changed.").ToException();
            }

            found.Add(line);
        }

        return found;
    }

    private async Task<(DatasetId Id, string Name)> FindIdAsync(string name, SpaceInfo space, CancellationToken ct) =>
        space.Lines.FirstOrDefault(line => line.Name == name) is { } line
            ? (DatasetId.TryParse(line.Id, out DatasetId id) ? id : default, name)
            : await context.ResolveNamedAsync(name, ct);

    private async Task<FreedLine> FreeAsync(SpaceLineInfo line, CancellationToken ct)
    {
        _ = DatasetId.TryParse(line.Id, out DatasetId id);
        try
        {
            if (line.Kind == "trash")
            {
                await context.Server.PurgeDatasetAsync(id, new PurgeDataset { Reason = reason!, Trash = true }, ct);
                return new FreedLine(line.Name, line.Kind, line.Bytes, "purged; free after the next collection", null);
            }

            EvictionInfo eviction = await context.Server.EvictAsync(
                id, new EvictDataset { Holders = 1, Reproducible = line.Kind == "reproduction" }, ct);
            return new FreedLine(
                line.Name, line.Kind, line.Bytes,
                eviction.State == "evicted"
                    ? "evicted; free after the next collection"
                    : EvictionOutput.Sentence(eviction).TrimEnd('.') + ", after the next collection",
                null);
        }
        catch (HutchException e) when (e.Error.IsAnswer)
        {
            return new FreedLine(line.Name, line.Kind, 0, "refused", e.Message);
        }
    }

    private void Write(List<FreedLine> freed)
    {
        if (context.Json)
        {
            freed.ForEach(one => context.PrintJson(one, CliJson.Default.FreedLine));
            return;
        }

        var table = new TextTable("BYTES", "DATASET", "STATE");
        freed.ForEach(one => table.Add(Display.Bytes(one.Bytes), one.Name, one.Refusal is null ? one.State : $"refused: {one.Refusal}"));
        context.Write(table, "");
        context.WriteNote(
            $"The disk gains {Display.Bytes(freed.Sum(static one => one.Bytes))}. Collections run once a day; operators start one with "
            + "`hutch gc`.");
    }
}

/// <param name="Bytes">The bytes that the disk gains; 0 if it was refused.</param>
/// <param name="State">What was done, and when the disk gains the bytes.</param>
internal sealed record FreedLine(string Name, string Kind, long Bytes, string State, string? Refusal);
