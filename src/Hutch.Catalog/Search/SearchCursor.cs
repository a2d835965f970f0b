namespace Hutch.Catalog.Search;

/// <summary>The position of a dataset in an order.</summary>
/// <param name="Value">A number, a text, or null for none.</param>
public readonly record struct SearchCursor(object? Value, long Key)
{
    public override string ToString() => Value switch
    {
        double number => string.Create(CultureInfo.InvariantCulture, $"{Key}n{number:R}"),
        string text => string.Create(CultureInfo.InvariantCulture, $"{Key}t{text}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Key}-"),
    };

    /// <summary>Parses the output of <see cref="ToString"/>; null for anything else.</summary>
    public static SearchCursor? Parse(string text)
    {
        int end = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (end <= 0 || !long.TryParse(text.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out long key))
        {
            return null;
        }

        string value = text[(end + 1)..];
        return text[end] switch
        {
            '-' when value.Length == 0 => new SearchCursor(null, key),
            't' => new SearchCursor(value, key),
            'n' when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) =>
                new SearchCursor(number, key),
            _ => null,
        };
    }
}
