using Hutch.Model.Analyses;

namespace Hutch.Commands.Output;

/// <summary>Prints result rows: the frame and the summary columns of the step.</summary>
internal sealed class ResultTable
{
    private const int LeastWidth = 8;

    private readonly (ResultColumn Column, string Title)[] _columns;

    internal ResultTable(IReadOnlyList<ResultColumn> columns)
    {
        _columns = [.. columns.Where(column => column.InSummary).Select(
            column => (column, column.Unit is { } unit ? $"{column.Title}/{unit}" : column.Title))];
    }

    internal string Head => Line("Frame", _columns.Select(column => column.Title));

    internal string Line(ResultRow row)
    {
        string frame = row.FileNumber.ToString(CultureInfo.InvariantCulture);
        return row.Error is { } error ? $"{frame,LeastWidth}  {error}" : Line(frame, _columns.Select(column => Show(row, column.Column)));
    }

    private string Line(string frame, IEnumerable<string> cells) => frame.PadLeft(LeastWidth)
        + string.Concat(cells.Zip(_columns, (cell, column) => "  " + cell.PadLeft(Math.Max(LeastWidth, column.Title.Length))));

    private static string Show(ResultRow row, ResultColumn column)
    {
        if (row.Values is not { } values || !values.TryGetValue(column.Name, out JsonElement value))
        {
            return "-";
        }

        return value.ValueKind switch
        {
            JsonValueKind.Null => "-",
            JsonValueKind.Number => value.GetDouble() is var number && number == column.Unknown
                ? "-"
                : Show(number, column.Decimals),
            _ => value.ToString(),
        };
    }

    // A small number keeps three digits, where its column has too few decimals for it.
    private static string Show(double number, int decimals) => number.ToString(
        number != 0 && Math.Abs(number) < Math.Pow(10, -decimals) ? "G3" : "F" + decimals.ToString(CultureInfo.InvariantCulture),
        CultureInfo.InvariantCulture);
}
