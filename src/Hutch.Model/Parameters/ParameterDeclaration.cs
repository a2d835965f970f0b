using System.Text.RegularExpressions;

namespace Hutch.Model.Parameters;

/// <summary>A parameter of an analysis step or a maintenance task.</summary>
public sealed record ParameterDeclaration
{
    public const string Preset = "preset";

    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary><c>text</c>, <c>integer</c>, <c>number</c> or <c>boolean</c>.</summary>
    public required ValueKind Kind { get; init; }

    public string? Unit { get; init; }

    public required string Description { get; init; }

    /// <summary>Default value; a parameter without one may stay unset.</summary>
    public JsonElement? Default { get; init; }

    /// <summary>The key of the input's metadata that gives the value if none is given, such as <c>grid.rows</c>; null for none.</summary>
    public string? From { get; init; }

    /// <summary>Default values of presets, by name of the preset; <see cref="Default"/> applies to presets that are not listed.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Presets { get; init; }

    /// <summary>True if few users need it, so that a form shows it only on request.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Advanced { get; init; }

    /// <summary>Allowed values; any text when absent.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>
    /// A regular expression that a whole text must match. Such a text becomes an argument of a program: it cannot begin with <c>-</c>, and
    /// has no slash, no brace and no control character.
    /// </summary>
    public string? Pattern { get; init; }

    public double? Minimum { get; init; }

    /// <summary>Values must be greater than this.</summary>
    public double? ExclusiveMinimum { get; init; }

    public double? Maximum { get; init; }

    /// <summary>The command line option: <c>--d-min</c> for <c>dMin</c>.</summary>
    [JsonIgnore]
    public string Option
    {
        get
        {
            var option = new StringBuilder("--");
            foreach (char c in Name)
            {
                _ = char.IsAsciiLetterUpper(c) ? option.Append('-').Append(char.ToLowerInvariant(c)) : option.Append(c);
            }

            return option.ToString();
        }
    }

    /// <summary>Checks and normalises a value. Numbers and booleans may be text, the only type in command lines and recipes.</summary>
    public Result<JsonElement> Check(JsonElement given)
    {
        string text = given.ValueKind == JsonValueKind.String ? given.GetString()! : given.GetRawText();
        (string? wrong, string? canonical) = Kind switch
        {
            ValueKind.Text => (given.ValueKind == JsonValueKind.String ? NoChoice(text) ?? NoArgument(text) : "it must be text", null),
            ValueKind.Boolean => (text is "true" or "false" ? null : "it must be true or false", text),
            ValueKind.WholeNumber => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)
                ? (OutOfRange(whole), whole.ToString(CultureInfo.InvariantCulture))
                : ("it must be a whole number", null),
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
                ? (OutOfRange(number), number.ToString("R", CultureInfo.InvariantCulture))
                : ("it must be a number", null),
        };
        return wrong is not null ? ErrorCode.Unprocessable.With($"{Name} is {Display.Quote(text)}, but {wrong}.")
            : canonical is null ? given.Clone()
            : JsonElement.Parse(canonical);
    }

    private string? NoChoice(string text) => Choices is null || Choices.Contains(text)
        ? null
        : $"it must be {string.Join(" or ", Choices.Select(choice => $"'{choice}'"))}";

    private string? NoArgument(string text)
    {
        if (Pattern is null)
        {
            return null;
        }

        if (text.StartsWith('-'))
        {
            return "it must not begin with '-', since it would be an option";
        }

        if (text is "." or ".." || text.Contains('/'))
        {
            return "it must not be a path";
        }

        if (text.Any(static c => char.IsControl(c) || c is '{' or '}'))
        {
            return "it must be one line without braces";
        }

        if (Regex.IsMatch(text, $@"\A(?:{Pattern})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking))
        {
            return null;
        }

        return $"it must match '{Pattern}'";
    }

    private string? OutOfRange(double value)
    {
        if (value < Minimum)
        {
            return $"it must be {Bound(Minimum)} or more";
        }

        if (value <= ExclusiveMinimum)
        {
            return $"it must be above {Bound(ExclusiveMinimum)}";
        }

        return value > Maximum ? $"it must be {Bound(Maximum)} or less" : null;
    }

    private string Bound(double? value) => string.Create(CultureInfo.InvariantCulture, $"{value}{(Unit is null ? "" : " " + Unit)}");
}
