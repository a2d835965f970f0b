namespace Hutch.Detectors.DectrisStream;

/// <summary>
/// A message of DECTRIS's stream version 2: one CBOR map in one ZeroMQ frame, whose first key is <c>type</c>. Firmware differs in what
/// it sends, so fields that are missing or unknown are nothing special. See docs/formats/stream.md.
/// </summary>
public abstract record StreamMessage
{
    /// <summary>The detector's number of the series: counted from 1 again after each restart of the detector.</summary>
    public long? SeriesId { get; init; }

    /// <summary>The name of the series, unique among all detectors; older firmware has none.</summary>
    public string? SeriesUniqueId { get; init; }

    /// <summary>The identity of a series: the unique id, else the number.</summary>
    public string Series => SeriesUniqueId ?? SeriesId?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "";
}

/// <summary>The start of a series: the armed detector, and the planned images.</summary>
public sealed record StartMessage : StreamMessage
{
    /// <summary>All fields but large arrays, under the names of the message.</summary>
    public required JsonObject Fields { get; init; }

    /// <summary>The large arrays: masks, flat fields, the count-rate table.</summary>
    public required IReadOnlyList<StreamArrayField> Arrays { get; init; }
}

public sealed record ImageMessage : StreamMessage
{
    /// <summary>The last image that has a number as a frame: frames count from 1.</summary>
    public const long LargestId = 999_999_998;

    /// <summary>Its number, from 0.</summary>
    public required long ImageId { get; init; }

    /// <summary>Its pixels, by channel.</summary>
    public required IReadOnlyList<StreamArrayField> Channels { get; init; }

    /// <summary>Seconds from the start of the series to the start of the exposure; null when not said.</summary>
    public double? StartSeconds { get; init; }

    /// <summary>Seconds from the start of the series to the end of the exposure; null when not said.</summary>
    public double? StopSeconds { get; init; }

    /// <summary>Seconds of exposure; null when not said.</summary>
    public double? RealSeconds { get; init; }

    /// <summary>Its other fields, under the names of the message, such as the hash; null when there are none.</summary>
    public JsonObject? Others { get; init; }
}

/// <summary>The series has ended: all its images were sent before.</summary>
public sealed record EndMessage : StreamMessage
{
    /// <summary>Its other fields, under the names of the message; null when there are none.</summary>
    public JsonObject? Others { get; init; }
}

/// <summary>
/// The report of <c>hutch tee</c> about its copies of a series, before the end of it: no detector sends this. See docs/formats/stream.md.
/// </summary>
public sealed record CopiesMessage : StreamMessage
{
    public const string Type = "hutch_copies";

    /// <summary>The number of images that were not copied.</summary>
    public required long Dropped { get; init; }

    /// <summary>The largest number of an image that the detector sent, from 0; null when there was none.</summary>
    public long? LastImage { get; init; }
}

/// <summary>A message of a type that this reader does not know.</summary>
public sealed record UnknownMessage(string Type) : StreamMessage;

/// <param name="Channel">The channel of an array that each channel has of its own; else empty.</param>
/// <param name="Array">The array; null when it cannot be read.</param>
/// <param name="Problem">Why it cannot be read.</param>
public sealed record StreamArrayField(string Name, string Channel, StreamArray? Array, string? Problem);
