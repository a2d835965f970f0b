using System.Buffers;
using System.Text.Json;
using Hutch.Model;

namespace Hutch.Site.Runs;

/// <summary>What a per-image analysis was asked to do: the parameters of its run.</summary>
/// <param name="Algorithm">The rule that decides that a pixel is strong.</param>
/// <param name="DMin">The highest resolution to use in Å; null for no limit.</param>
/// <param name="DMax">The lowest resolution to use in Å; null for no limit.</param>
/// <param name="Follow">Whether it goes on with the frames that come, until its input is closed.</param>
public sealed record AnalysisSettings(string Algorithm, double? DMin, double? DMax, bool Follow)
{
    /// <summary>The program that runs of this kind name.</summary>
    public const string Program = "hutch/per-image-analysis";

    /// <summary>The rule that is used when none is named.</summary>
    public const string Dispersion = "dispersion";

    /// <summary>The other rule.</summary>
    public const string DispersionExtended = "dispersion_extended";

    /// <summary>Checks what was asked for, and names what is wrong.</summary>
    public Result<AnalysisSettings> Validated()
    {
        string? wrong =
            Algorithm is not (Dispersion or DispersionExtended)
                ? $"Unknown algorithm {Display.Quote(Algorithm)}; use '{Dispersion}' or '{DispersionExtended}'."
            : IsNoLimit(DMin) ? $"dMin is {DMin}; a resolution in ångström must be above 0."
            : IsNoLimit(DMax) ? $"dMax is {DMax}; a resolution in ångström must be above 0."
            : DMin > DMax ? $"dMin ({DMin} Å) is larger than dMax ({DMax} Å): no spot can be between them."
            : null;
        return wrong is null ? this : ErrorCode.Unprocessable.With(wrong);
    }

    /// <summary>The command that does the same.</summary>
    public string ToCommand(string dataset) => FormattableString.Invariant(
        $"hutch analyse {dataset} --algorithm {Algorithm}{Option("--d-min", DMin)}{Option("--d-max", DMax)}{(Follow ? " --follow" : "")}");

    /// <summary>As the run keeps it.</summary>
    public JsonElement ToJson()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("algorithm"u8, Algorithm);
            if (DMin is double least)
            {
                json.WriteNumber("dMin"u8, least);
            }

            if (DMax is double most)
            {
                json.WriteNumber("dMax"u8, most);
            }

            json.WriteBoolean("follow"u8, Follow);
            json.WriteEndObject();
        }

        using JsonDocument document = JsonDocument.Parse(bytes.WrittenMemory);
        return document.RootElement.Clone();
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    public static AnalysisSettings FromJson(JsonElement? parameters) => parameters is { ValueKind: JsonValueKind.Object } given
        ? new AnalysisSettings(
            given.TryGetProperty("algorithm"u8, out JsonElement algorithm) ? algorithm.GetString() ?? Dispersion : Dispersion,
            Number(given, "dMin"),
            Number(given, "dMax"),
            given.TryGetProperty("follow"u8, out JsonElement follow) && follow.ValueKind == JsonValueKind.True)
        : new AnalysisSettings(Dispersion, null, null, false);

    private static double? Number(JsonElement given, string name) =>
        given.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    // Written so that NaN is no limit either.
    private static bool IsNoLimit(double? limit) => limit is { } value && !(value > 0 && double.IsFinite(value));

    private static string Option(string name, double? value) =>
        value is double given ? FormattableString.Invariant($" {name} {given}") : "";
}
