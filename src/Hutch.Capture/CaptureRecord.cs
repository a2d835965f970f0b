using System.Text.Json.Serialization;

namespace Hutch.Capture;

/// <summary>The record of a series' reception: the entry <c>header.d/capture.json</c>. See docs/formats/frames.md.</summary>
public sealed record CaptureRecord
{
    public const string EntryPath = "header.d/capture.json";

    public string Format { get; init; } = "hutch-capture-1";

    public required string Series { get; init; }

    /// <summary>Images that the detector was to take; null when it did not say.</summary>
    public int? Announced { get; init; }

    public required long Received { get; init; }

    /// <summary>Frames that are stored: one for each channel of an image.</summary>
    public required long Stored { get; init; }

    /// <summary>Images that came again, and were left out.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Images, or channels of them, that could not be read.</summary>
    public required long Unreadable { get; init; }

    /// <summary>Images for which there was no room while the store was slow or away.</summary>
    public required long Dropped { get; init; }

    /// <summary>The number of images that <c>hutch tee</c> did not copy, because the copies were not read in time.</summary>
    public long NotCopied { get; init; }

    /// <summary>Frames up to the last one that are not stored, for whatever reason.</summary>
    public required long Missing { get; init; }

    /// <summary>Their paths: one, or a range.</summary>
    public required IReadOnlyList<string> MissingFrames { get; init; }

    /// <summary>True if the detector reported the end of the series.</summary>
    public required bool HasEnd { get; init; }

    /// <summary>The fields of the end message without the name of the series.</summary>
    public JsonObject? End { get; init; }

    /// <summary>From an image's last byte received to its frames stored, milliseconds: the median.</summary>
    public double? StoredMillisecondsMedian { get; init; }

    /// <summary>The same for all but one in a hundred.</summary>
    public double? StoredMilliseconds99 { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Reads a record; null if it is none.</summary>
    public static CaptureRecord? TryParse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, CaptureJson.Default.CaptureRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CaptureRecord))]
internal sealed partial class CaptureJson : JsonSerializerContext;
