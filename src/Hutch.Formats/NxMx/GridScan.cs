namespace Hutch.Formats.NxMx;

/// <summary>A grid over which a sample is scanned: an image in each cell, row after row.</summary>
/// <param name="IsSnaked">Whether every other row is scanned backwards, beginning with the second.</param>
public sealed record GridScan(int Rows, int Columns, bool IsSnaked)
{
    private const int MaxDepth = 8;

    /// <summary>The cell of an image, both from 1; null for an image that the grid has no cell for.</summary>
    /// <param name="image">Its number, from 1.</param>
    public (int Row, int Column)? CellOf(int image)
    {
        (int row, int column) = Math.DivRem(image - 1, Columns);
        return image < 1 || row >= Rows ? null
            : (row + 1, IsSnaked && row % 2 == 1 ? Columns - column : column + 1);
    }

    /// <summary>Returns the grid as headers and programs that arm a detector write it.</summary>
    public JsonObject ToJson() => new() { ["rows"] = Rows, ["columns"] = Columns, ["snaked"] = IsSnaked };

    /// <summary>
    /// Finds the grid of a header: as Hutch wrote it, as the program that armed the detector described it, or as the axes of the sample
    /// moved. Returns null for another kind of scan.
    /// </summary>
    internal static GridScan? Find(JsonObject header) =>
        Read(header.At("hutch/grid") as JsonObject)
        ?? Read((header["start"] as JsonObject)?.At("user_data/grid") as JsonObject)
        ?? Moved(header["nexus"] is JsonObject nexus ? nexus.At(new NexusGroups(nexus).Sample) as JsonObject ?? [] : [], 0);

    private static GridScan? Read(JsonObject? grid) =>
        NexusTree.Integer(grid?["rows"]) is > 0 and <= int.MaxValue and { } rows
        && NexusTree.Integer(grid?["columns"]) is > 0 and <= int.MaxValue and { } columns
            ? new GridScan((int)rows, (int)columns, grid!["snaked"] is JsonValue there && there.TryGetValue(out bool snaked) && snaked)
            : null;

    /// <summary>The axis that moves first goes along the rows. It goes back the way it came if it stays where a row ends.</summary>
    private static GridScan? Moved(JsonObject sample, int depth)
    {
        GridScan? grid = null;
        var moves = new List<(int First, int Positions, double?[] Path)>();
        foreach ((string name, JsonNode? value) in sample)
        {
            if (value is JsonArray { Count: > 1 } positions && NexusTree.Text(sample[name + "@transformation_type"]) == "translation")
            {
                double?[] path = [.. positions.Select(NexusTree.Real)];
                int first = Array.FindIndex(path, number => number != path[0]);
                if (first > 0)
                {
                    moves.Add((first, path.Distinct().Count(), path));
                }
            }
            else if (value is JsonObject inner && depth < MaxDepth)
            {
                grid ??= Moved(inner, depth + 1);
            }
        }

        moves.Sort(static (a, b) => (a.First, a.Positions).CompareTo((b.First, b.Positions)));
        if (moves.Count == 0)
        {
            return grid;
        }

        (_, int columns, double?[] along) = moves[0];
        bool isSnaked = columns < along.Length && along[columns] == along[columns - 1];
        return new GridScan(moves.Count > 1 ? moves[1].Positions : 1, columns, isSnaked);
    }
}
