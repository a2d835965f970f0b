using Hutch.Model.Parameters;
using Hutch.Model.Units;
using Hutch.Programs.Documents;
using Hutch.Types.Validation;

namespace Hutch.Datasets.Programs;

/// <summary>Takes values of parameters from the metadata of an input, in the unit of the parameter.</summary>
/// <remarks>Checks no rights.</remarks>
internal sealed class MetadataSource(TypeLibrary types, MetadataDocuments documents)
{
    /// <summary>Returns the given values, with those of the metadata for parameters that are filled from it and were not given.</summary>
    public async ValueTask<Result<IReadOnlyDictionary<string, JsonElement>>> FillAsync(
        ProgramDocument program, IReadOnlyDictionary<string, JsonElement> given, SiteDataset dataset, string name, CancellationToken ct)
    {
        ParameterDeclaration[] open =
        [
            .. program.Parameters.Where(parameter => parameter.From is not null
                && (!given.TryGetValue(parameter.Name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)),
        ];
        if (open.Length == 0)
        {
            return Result<IReadOnlyDictionary<string, JsonElement>>.Ok(given);
        }

        JsonElement document = await ReadAsync(dataset, ct);
        MetadataReading? reading = types.Current.Find(dataset.Type) is { } type ? MetadataInterpreter.Read(type, document) : null;
        var filled = new Dictionary<string, JsonElement>(given, StringComparer.Ordinal);
        foreach (ParameterDeclaration parameter in open)
        {
            if (Find(document, parameter.From!) is not { } found)
            {
                if (parameter.Default is null)
                {
                    return ErrorCode.Unprocessable.With(
                        $"'{name}' has no metadata '{parameter.From}', which gives the parameter '{parameter.Name}' of the program "
                        + $"'{program.Name}'. Set the metadata, or give the parameter.");
                }

                continue;
            }

            AttributeValue? read = reading?.Values.FirstOrDefault(one => one.Attribute.Name == parameter.From);
            (JsonElement? value, string? fault) = Convert(parameter, found, read);
            Result<JsonElement> result = value is { } converted ? parameter.Check(converted) : ErrorCode.Unprocessable.With(fault!);
            if (!result.IsOk)
            {
                return ErrorCode.Unprocessable.With(
                    $"The metadata '{parameter.From}' of '{name}' cannot be used for the parameter '{parameter.Name}': "
                    + $"{result.Error.Message} Correct the metadata, or give the parameter.");
            }

            filled[parameter.Name] = result.Value;
        }

        return filled;
    }

    public async ValueTask<JsonElement> ReadAsync(SiteDataset dataset, CancellationToken ct) =>
        await documents.FindAsync(dataset, ct) is { } metadata ? JsonElement.Parse(metadata.Document) : default;

    /// <summary>Returns the value of a key, whose dots separate sections; null when it is absent or null.</summary>
    public static JsonElement? Find(JsonElement document, string key)
    {
        foreach (string part in key.Split('.'))
        {
            if (document.ValueKind != JsonValueKind.Object || !document.TryGetProperty(part, out document))
            {
                return null;
            }
        }

        return document.ValueKind == JsonValueKind.Null ? null : document;
    }

    private static (JsonElement? Value, string? Fault) Convert(ParameterDeclaration parameter, JsonElement found, AttributeValue? read)
    {
        bool isNumber = parameter.Kind is ValueKind.Number or ValueKind.WholeNumber;
        if (!isNumber)
        {
            return found.ValueKind is JsonValueKind.String or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number
                ? (found, null)
                : (null, "it is not a single value.");
        }

        // A list of one value is that value.
        (double Value, Unit? Unit)? number = read is { Items: [{ Number: { } si } item] }
            ? (double.TryParse(item.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double shown) ? shown
                : item.Unit?.FromSi(si) ?? si, item.Unit)
            : Plain(found);
        if (number is not var (value, unit))
        {
            return (null, "it is not a number, or its unit is not known.");
        }

        Unit? wanted = parameter.Unit is { } symbol ? UnitTable.Find(symbol) : null;
        if (wanted is null && unit is null)
        {
            return (JsonElement.Parse(value.ToString("R", CultureInfo.InvariantCulture)), null);
        }

        if (wanted is null || unit is null)
        {
            return (null, wanted is null
                ? $"it is in {unit}, but the parameter has no unit."
                : $"it has no unit, but the parameter is in {wanted}.");
        }

        // The digits of a conversion beyond the fifteenth are those of its arithmetic.
        return wanted == unit ? (JsonElement.Parse(value.ToString("R", CultureInfo.InvariantCulture)), null)
            : wanted.From(value, unit) is { } same ? (JsonElement.Parse(same.ToString("G15", CultureInfo.InvariantCulture)), null)
            : (null, $"it is in {unit}, which is no unit for {wanted}.");
    }

    /// <summary>Reads a number that no type explains: with a unit only if it is written after it.</summary>
    private static (double Value, Unit? Unit)? Plain(JsonElement found)
    {
        if (found.ValueKind == JsonValueKind.Number)
        {
            return (found.GetDouble(), null);
        }

        if (found.ValueKind == JsonValueKind.String && Quantity.Parse(found.GetString()!) is { } quantity)
        {
            if (quantity.Unit.Length == 0)
            {
                return (quantity.Value, null);
            }

            return UnitTable.Find(quantity.Unit) is { } unit ? (quantity.Value, unit) : null;
        }

        return null;
    }
}
