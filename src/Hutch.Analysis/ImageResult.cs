using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Hutch.Analysis.Statistics;
using Hutch.Model;

namespace Hutch.Analysis;

/// <summary>A result row: what per-image analysis says about one frame.</summary>
/// <param name="FileNumber">The number of the frame in its series, from 1.</param>
/// <param name="Statistics">The nine numbers.</param>
public readonly record struct ImageResult(int FileNumber, ImageStatistics Statistics)
{
    /// <summary>The first line of a table of results: the JSON names, in the order of <see cref="ToCsv"/>.</summary>
    public const string CsvHeader =
        "file-number,n_spots_total,n_spots_no_ice,n_spots_4A,total_intensity,estimated_d_min,"
        + "d_min_distl_method_1,noisiness_method_1,d_min_distl_method_2,noisiness_method_2";

    /// <summary>
    /// Writes the row as one JSON object without white space or line end, <c>file-number</c> and the nine statistics in a fixed order.
    /// The same numbers always give the same bytes.
    /// </summary>
    public void WriteJson(IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output);
        WriteJson(writer);
    }

    /// <summary>Writes the row as one JSON object.</summary>
    public void WriteJson(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteNumber("file-number"u8, FileNumber);
        Statistics.WriteProperties(writer);
        writer.WriteEndObject();
    }

    /// <summary>The row as one line of JSON, without a line end.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        WriteJson(buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The row as one line of comma-separated values, without a line end.</summary>
    public string ToCsv() => string.Create(
        CultureInfo.InvariantCulture,
        $"{FileNumber},{Statistics.SpotsTotal},{Statistics.SpotsNoIce},{Statistics.Spots4Angstrom},"
        + $"{Statistics.TotalIntensity},{Statistics.EstimatedDMin},"
        + $"{Statistics.DMinDistlMethod1},{Statistics.NoisinessMethod1},{Statistics.DMinDistlMethod2},{Statistics.NoisinessMethod2}");

    /// <summary>Reads what <see cref="WriteJson(IBufferWriter{byte})"/> writes; keys that it does not know are passed over.</summary>
    public static Result<ImageResult> ParseJson(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            return ErrorCode.InvalidBody.With($"The line is not a result row: {e.Message}");
        }
    }

    private static ImageResult Read(JsonElement row) => new(
        row.GetProperty("file-number"u8).GetInt32(),
        new ImageStatistics(
            row.GetProperty("n_spots_total"u8).GetInt32(),
            row.GetProperty("n_spots_no_ice"u8).GetInt32(),
            row.GetProperty("n_spots_4A"u8).GetInt32(),
            row.GetProperty("total_intensity"u8).GetDouble(),
            row.GetProperty("estimated_d_min"u8).GetDouble(),
            row.GetProperty("d_min_distl_method_1"u8).GetDouble(),
            row.GetProperty("noisiness_method_1"u8).GetDouble(),
            row.GetProperty("d_min_distl_method_2"u8).GetDouble(),
            row.GetProperty("noisiness_method_2"u8).GetDouble()));
}
