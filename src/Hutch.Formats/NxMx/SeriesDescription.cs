using System.Text.Json.Serialization;
using Hutch.Formats.Frames;

namespace Hutch.Formats.NxMx;

internal sealed record SeriesDescription
{
    /// <summary>The file name of the master, without its folder.</summary>
    public required string Master { get; init; }

    /// <summary>Images in the series that can be there; single ones may be missing.</summary>
    public required int Images { get; init; }

    /// <summary>The number of the first image; more than 1 when the file begins in the middle of a series.</summary>
    public int FirstImage { get; init; } = 1;

    /// <summary>Images that the detector was to take; 0 when the file does not say.</summary>
    public long ExpectedImages { get; init; }

    /// <summary>True if a file has a writer, or a required file is missing.</summary>
    public bool IsGrowing { get; init; }

    /// <summary>Warnings for users about parts of the file that may be missing, in a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The names of the channels, in the order of the file; one name (possibly empty) when there is one channel.</summary>
    public required IReadOnlyList<string> Channels { get; init; }

    public required int Rows { get; init; }

    /// <summary>Pixels of a row: the fast direction.</summary>
    public required int Columns { get; init; }

    [JsonConverter(typeof(JsonStringEnumConverter<ElementType>))]
    public required ElementType Type { get; init; }

    /// <summary>The codec of the first frame; another frame may differ.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<FrameCodec>))]
    public required FrameCodec Codec { get; init; }

    public required string EntryPath { get; init; }

    /// <summary>Everything below the entry, but for images and large arrays.</summary>
    public required JsonObject Nexus { get; init; }

    public required IReadOnlyList<SeriesArray> Arrays { get; init; }

    [JsonIgnore]
    public int ImageBytes => checked(Rows * Columns * Type.Size());
}

/// <summary>A large array of a master file, such as a pixel mask.</summary>
/// <param name="Shape">Its lengths, slowest first.</param>
internal sealed record SeriesArray(
    string Name,
    string File,
    string Path,
    [property: JsonConverter(typeof(JsonStringEnumConverter<ElementType>))] ElementType Type,
    IReadOnlyList<int> Shape);
