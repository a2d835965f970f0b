namespace Hutch.Model.Contents;

/// <summary>A question about a file: about HDF5 in the terms of h5grove, or about any array in the terms of Zarr.</summary>
public sealed record ContentRequest
{
    /// <summary>The longest side of a thumbnail, in pixels.</summary>
    public const int ThumbnailSide = 256;

    [JsonConverter(typeof(JsonStringEnumConverter<ContentQuery>))]
    public required ContentQuery Question { get; init; }

    public required string File { get; init; }

    /// <summary>The path of the object in the file; with Zarr, a key.</summary>
    public string Path { get; init; } = "/";

    /// <summary>The requested attributes; null for all.</summary>
    public IReadOnlyList<string>? Attributes { get; init; }

    /// <summary>The requested part of an array in numpy's notation: <c>0,:,10:20</c>; null for all.</summary>
    public string? Selection { get; init; }

    [JsonConverter(typeof(JsonStringEnumConverter<ContentForm>))]
    public ContentForm Form { get; init; }

    /// <summary>True if JSON has the values in one flat list.</summary>
    public bool IsFlat { get; init; }

    /// <summary>True if numbers are converted to a type that browsers support: little-endian, floats of 32 or 64 bits.</summary>
    public bool IsSafe { get; init; }

    [JsonConverter(typeof(JsonStringEnumConverter<LinkResolution>))]
    public LinkResolution Links { get; init; }

    /// <summary>The largest response in bytes.</summary>
    public int MaxBytes { get; init; } = 256 << 20;

    /// <summary>A time limit for the reader in seconds, if it is shorter than the general limit.</summary>
    public int MaxSeconds { get; init; } = int.MaxValue;
}

public enum ContentQuery
{
    /// <summary>The metadata of an object; for a group, with its children.</summary>
    Meta,

    Attributes,

    Data,

    /// <summary>Minimum, maximum and mean of an array.</summary>
    Statistics,

    /// <summary>The paths of all objects in a group, recursively.</summary>
    Paths,

    /// <summary>The value of a key in a Zarr store. The path is the key.</summary>
    Zarr,

    /// <summary>A small picture of the content, as WebP. The file can be an image, too.</summary>
    Thumbnail,
}

public enum ContentForm
{
    Json,

    /// <summary>The numbers without separators or header.</summary>
    Binary,

    Numpy,

    Tiff,
}

public enum LinkResolution
{
    /// <summary>Valid links are resolved to their target; broken links are returned as links.</summary>
    OnlyValid,

    None,

    /// <summary>All links are resolved; a broken link is an error.</summary>
    All,
}
