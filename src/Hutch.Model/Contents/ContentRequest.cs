using System.Text.Json.Serialization;

namespace Hutch.Model.Contents;

/// <summary>What is asked about a file: of HDF5 in the words of h5grove, or of any array in those of Zarr.</summary>
public sealed record ContentRequest
{
    /// <summary>The longer side of a thumbnail in pixels, at most.</summary>
    public const int ThumbnailSide = 256;

    /// <summary>What.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<ContentQuestion>))]
    public required ContentQuestion Question { get; init; }

    /// <summary>The path of the file in its dataset.</summary>
    public required string File { get; init; }

    /// <summary>The path of the object in the file; with Zarr, a key.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Which attributes; null for all.</summary>
    public IReadOnlyList<string>? Attributes { get; init; }

    /// <summary>Which part of an array, as numpy writes it: <c>0,:,10:20</c>; null for all.</summary>
    public string? Selection { get; init; }

    /// <summary>The form in which an array is given.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<ContentForm>))]
    public ContentForm Form { get; init; }

    /// <summary>Whether JSON has the values in one list, without nesting.</summary>
    public bool IsFlat { get; init; }

    /// <summary>Whether numbers are turned into a type that a browser has: little-endian, floats of 32 or 64 bits.</summary>
    public bool IsSafe { get; init; }

    /// <summary>What becomes of links.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<LinkResolution>))]
    public LinkResolution Links { get; init; }

    /// <summary>The most bytes that the answer may have.</summary>
    public int MaxBytes { get; init; } = 256 << 20;

    /// <summary>How long a reader may take, seconds, if that is less than it may for any question.</summary>
    public int MaxSeconds { get; init; } = int.MaxValue;
}

/// <summary>Questions about a file.</summary>
public enum ContentQuestion
{
    /// <summary>What an object is; of a group, what is in it.</summary>
    Meta,

    /// <summary>The values of attributes.</summary>
    Attributes,

    /// <summary>The values of an array.</summary>
    Data,

    /// <summary>Minimum, maximum, mean of an array.</summary>
    Statistics,

    /// <summary>The paths of all that is in a group, however deep.</summary>
    Paths,

    /// <summary>What a store of Zarr has under a key, which is the path.</summary>
    Zarr,

    /// <summary>A small picture of what is in the file, as WebP. The file may be an image, too.</summary>
    Thumbnail,
}

/// <summary>Forms of an array.</summary>
public enum ContentForm
{
    /// <summary>JSON.</summary>
    Json,

    /// <summary>The numbers, one after the other.</summary>
    Binary,

    /// <summary>A file for numpy.</summary>
    Numpy,

    /// <summary>A TIFF file of one picture, or of several.</summary>
    Tiff,
}

/// <summary>What becomes of soft and external links.</summary>
public enum LinkResolution
{
    /// <summary>Those that lead somewhere are what they lead to; the others are links.</summary>
    OnlyValid,

    /// <summary>They are links.</summary>
    None,

    /// <summary>They are what they lead to, and one that leads nowhere is an error.</summary>
    All,
}
