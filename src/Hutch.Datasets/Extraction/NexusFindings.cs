using System.Text.Json.Nodes;

namespace Hutch.Datasets.Extraction;

/// <summary>The findings of a NeXus file, by the definition that it names: https://manual.nexusformat.org/classes/applications/.</summary>
internal static class NexusFindings
{
    public const string Definition = "/entry/definition";

    public static readonly string[] Wavelength =
        ["/entry/instrument/beam/incident_wavelength", "/entry/sample/beam/incident_wavelength"];

    public static readonly string[] Distance =
        ["/entry/instrument/detector/distance", "/entry/instrument/detector/detector_distance"];

    /// <summary>Returns the findings; null for a definition without a matching type.</summary>
    /// <param name="wavelength">The value of the wavelength, and its attribute <c>units</c>; null where there is none.</param>
    public static FileFindings? Find(
        string file, string? definition, (JsonElement Value, JsonElement Unit)? wavelength, (JsonElement Value, JsonElement Unit)? distance)
    {
        string? type = definition switch
        {
            "NXmx" => "mx",
            "NXtomo" => "tomography/scan",
            _ => null,
        };
        return type is null
            ? null
            : FileFindings.From(file, type, ("wavelength", Quantity(wavelength)), ("detector_distance", Quantity(distance)));
    }

    /// <summary>A number without a unit says nothing.</summary>
    private static JsonNode? Quantity((JsonElement Value, JsonElement Unit)? said)
    {
        if (said is not { } quantity || quantity.Unit.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        JsonElement value = quantity.Value is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == 1
            ? list[0]
            : quantity.Value;
        string unit = quantity.Unit.GetString()!;
        return value.ValueKind == JsonValueKind.Number
            ? FileFindings.WithUnit(JsonValue.Create(value)!, unit.Equals("angstrom", StringComparison.OrdinalIgnoreCase) ? "Å" : unit)
            : null;
    }
}
