using System.Text.Json;
using Hutch.Analysis.Steps;

namespace Hutch.Analysis.Foreign;

/// <summary>The row of a foreign step: checked against its columns before any of it counts.</summary>
internal static class StepRow
{
    private const int MaxTextLength = 4096;

    /// <summary>Adds the values in the order of the columns; the error says which one is wrong.</summary>
    public static HutchError? Write(JsonElement values, IReadOnlyList<ResultColumn> columns, RowWriter row)
    {
        if (values.ValueKind != JsonValueKind.Object)
        {
            return Wrong("it must be an object with a value for each column");
        }

        if (values.EnumerateObject().Select(value => value.Name).FirstOrDefault(name => !columns.Any(column => column.Name == name))
            is { } unknown)
        {
            return Wrong($"it has the value {Display.Quote(unknown)}, which is no column of the step");
        }

        foreach (ResultColumn column in columns)
        {
            if (!values.TryGetProperty(column.Name, out JsonElement value))
            {
                return Wrong($"it lacks '{column.Name}'; null is the value of what is unknown");
            }

            if (!TryAdd(value, column.Kind, row))
            {
                string text = value.GetRawText();
                return Wrong(
                    $"'{column.Name}' is {Display.Quote(text[..Math.Min(text.Length, 100)])}, and must be {Describe(column.Kind)}");
            }
        }

        return null;
    }

    private static bool TryAdd(JsonElement value, ValueKind kind, RowWriter row)
    {
        switch (kind, value.ValueKind)
        {
            case (_, JsonValueKind.Null):
                row.AddUnknown();
                return true;
            case (ValueKind.WholeNumber, JsonValueKind.Number) when value.TryGetInt64(out long whole):
                row.Add(whole);
                return true;
            case (ValueKind.Number, JsonValueKind.Number) when value.TryGetDouble(out double number) && double.IsFinite(number):
                row.Add(number);
                return true;
            case (ValueKind.Boolean, JsonValueKind.True or JsonValueKind.False):
                row.Add(value.GetBoolean());
                return true;
            case (ValueKind.Text, JsonValueKind.String) when value.GetString() is { Length: <= MaxTextLength } text:
                row.Add(text);
                return true;
            default:
                return false;
        }
    }

    private static string Describe(ValueKind kind) => kind switch
    {
        ValueKind.WholeNumber => "a whole number of 64 bits",
        ValueKind.Number => "a finite number",
        ValueKind.Boolean => "true or false",
        _ => $"a text of at most {MaxTextLength} characters",
    };

    private static HutchError Wrong(string why) => ErrorCode.Unprocessable.With($"The row of the step is wrong: {why}.");
}
