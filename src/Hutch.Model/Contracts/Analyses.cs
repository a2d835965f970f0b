using System.Text.Json.Serialization;

namespace Hutch.Model.Contracts;

/// <summary>Asks for an analysis of every frame of a dataset.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StartAnalysis
{
    /// <summary><c>dispersion</c> (when absent) or <c>dispersion_extended</c>.</summary>
    public string? Algorithm { get; init; }

    /// <summary>Highest resolution to use, in ångström.</summary>
    public double? DMin { get; init; }

    /// <summary>Lowest resolution to use, in ångström.</summary>
    public double? DMax { get; init; }

    /// <summary>Name of the following dataset; made from the input's when absent.</summary>
    public string? Output { get; init; }

    /// <summary>
    /// For an open dataset. False: its newest version is fixed and analysed, and the run ends with the last frame of it. True: the frames
    /// that are there and those that come are analysed, and the run ends when the dataset is closed.
    /// </summary>
    public bool Follow { get; init; }
}

/// <summary>An analysis that was started.</summary>
public sealed record AnalysisInfo
{
    /// <summary>Id of its run.</summary>
    public required string Run { get; init; }

    /// <summary>The following dataset that takes the results.</summary>
    public required DatasetId Dataset { get; init; }

    /// <summary>Its name, <c>owner/slug</c>.</summary>
    public string? Name { get; init; }

    /// <summary>The version that is analysed; absent when the dataset is followed.</summary>
    public long? Snapshot { get; init; }

    /// <summary>Frames known so far.</summary>
    public long? Frames { get; init; }
}

/// <summary>The analysis of one frame: the nine per-image statistics, or an error.</summary>
public sealed record ResultRow
{
    /// <summary>Number of the frame, from 1.</summary>
    [JsonPropertyName("file-number")]
    public required long FileNumber { get; init; }

    /// <summary>Entry of the frame.</summary>
    [JsonPropertyName("file")]
    public string? File { get; init; }

    /// <summary>Spots found.</summary>
    [JsonPropertyName("n_spots_total")]
    public int? SpotsTotal { get; init; }

    /// <summary>Spots outside the ice rings.</summary>
    [JsonPropertyName("n_spots_no_ice")]
    public int? SpotsNoIce { get; init; }

    /// <summary>Spots beyond 4 Å.</summary>
    [JsonPropertyName("n_spots_4A")]
    public int? Spots4A { get; init; }

    /// <summary>Summed intensity of the spots outside the ice rings, in counts.</summary>
    [JsonPropertyName("total_intensity")]
    public double? TotalIntensity { get; init; }

    /// <summary>Estimated resolution in ångström; -1 when there are too few spots.</summary>
    [JsonPropertyName("estimated_d_min")]
    public double? EstimatedDMin { get; init; }

    /// <summary>Resolution by the first method of DISTL in ångström, or -1.</summary>
    [JsonPropertyName("d_min_distl_method_1")]
    public double? DMinDistlMethod1 { get; init; }

    /// <summary>Noisiness of the first method, 0 to 1, or -1.</summary>
    [JsonPropertyName("noisiness_method_1")]
    public double? NoisinessMethod1 { get; init; }

    /// <summary>Resolution by the second method of DISTL in ångström, or -1.</summary>
    [JsonPropertyName("d_min_distl_method_2")]
    public double? DMinDistlMethod2 { get; init; }

    /// <summary>Noisiness of the second method, 0 to 1, or -1.</summary>
    [JsonPropertyName("noisiness_method_2")]
    public double? NoisinessMethod2 { get; init; }

    /// <summary>Why the frame could not be analysed; then there are no statistics.</summary>
    [JsonPropertyName("error")]
    public string? Error { get; init; }
}

/// <summary>Last line of a stream of results.</summary>
public sealed record ResultsEnd
{
    /// <summary>True: every row that there is was sent.</summary>
    public required bool End { get; init; }

    /// <summary>Rows before this line.</summary>
    public long? Count { get; init; }

    /// <summary>State of the run: <c>running</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public string? State { get; init; }

    /// <summary>What the run said at its end: why it failed.</summary>
    public string? Message { get; init; }

    /// <summary>Frames that have a row.</summary>
    public long? Frames { get; init; }

    /// <summary>Frames that failed.</summary>
    public long? Failures { get; init; }

    /// <summary>Why the stream ends early.</summary>
    public Problem? Problem { get; init; }
}
