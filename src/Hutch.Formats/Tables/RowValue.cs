namespace Hutch.Formats.Tables;

internal enum RowValueKind
{
    None,
    Whole,
    Real,
    Text,
}

/// <summary>A value of a row, and the text that it becomes when its column also has values that are no numbers.</summary>
internal readonly ref struct RowValue
{
    public RowValueKind Kind { get; private init; }

    public long Whole { get; private init; }

    public double Real { get; private init; }

    public ReadOnlySpan<byte> Text { get; private init; }

    /// <param name="scratch">Memory for a text, as long as the row.</param>
    public static RowValue Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> line, Span<byte> scratch)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return default;
            case JsonTokenType.True or JsonTokenType.False:
                return new RowValue { Kind = RowValueKind.Whole, Whole = reader.GetBoolean() ? 1 : 0, Text = reader.ValueSpan };
            case JsonTokenType.Number:
                return OfNumber(ref reader);
            case JsonTokenType.String:
                return new RowValue { Kind = RowValueKind.Text, Text = scratch[..reader.CopyString(scratch)] };
            default:
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                return new RowValue { Kind = RowValueKind.Text, Text = line[start..(int)reader.BytesConsumed] };
        }
    }

    /// <summary>Reads a number. One that fits neither type stays text, as in the row.</summary>
    private static RowValue OfNumber(ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> text = reader.ValueSpan;
        if (text.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0)
        {
            return reader.TryGetInt64(out long whole)
                ? new RowValue { Kind = RowValueKind.Whole, Whole = whole, Text = text }
                : new RowValue { Kind = RowValueKind.Text, Text = text };
        }

        return reader.TryGetDouble(out double real) && double.IsFinite(real)
            ? new RowValue { Kind = RowValueKind.Real, Real = real, Text = text }
            : new RowValue { Kind = RowValueKind.Text, Text = text };
    }
}
