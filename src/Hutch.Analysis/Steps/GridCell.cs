using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Steps;

/// <summary>The last columns of every step that looks at images: where on a grid the frame was taken. Other series lack them.</summary>
internal static class GridCell
{
    public static IReadOnlyList<ResultColumn> Columns { get; } =
    [
        Column("grid_row", "Row of the grid", "The row of the grid in which the frame was taken, from 1."),
        Column("grid_column", "Column of the grid", "The column of the grid in which the frame was taken, from 1."),
    ];

    public static void Write(GridScan? grid, int frame, RowWriter row)
    {
        if (grid?.CellOf(frame) is { } cell)
        {
            row.Add(cell.Row);
            row.Add(cell.Column);
        }
        else
        {
            row.Omit();
            row.Omit();
        }
    }

    private static ResultColumn Column(string name, string title, string description) =>
        new() { Name = name, Title = title, Kind = ValueKind.WholeNumber, Description = description, IsOptional = true };
}
