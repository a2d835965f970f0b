namespace Hutch.Model.Records;

/// <summary>The reason for a snapshot. Automatic snapshots are thinned out over time; the others stay.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SnapshotReason>))]
public enum SnapshotReason
{
    /// <summary>An automatic compaction.</summary>
    [JsonStringEnumMemberName("auto")]
    Automatic,

    [JsonStringEnumMemberName("push")]
    Push,

    /// <summary>A request by a user.</summary>
    [JsonStringEnumMemberName("manual")]
    Manual,

    /// <summary>The last snapshot before a dataset was closed.</summary>
    [JsonStringEnumMemberName("close")]
    Close,

    /// <summary>The results of a run.</summary>
    [JsonStringEnumMemberName("run")]
    Run,
}
