using System.Text.Json.Serialization;

namespace Hutch.Model.Records;

/// <summary>What made a snapshot; automatic ones are thinned out with time, the others stay.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SnapshotReason>))]
public enum SnapshotReason
{
    /// <summary>An automatic fold.</summary>
    [JsonStringEnumMemberName("auto")]
    Automatic,

    [JsonStringEnumMemberName("push")]
    Push,

    /// <summary>A request by a user.</summary>
    [JsonStringEnumMemberName("manual")]
    Manual,

    /// <summary>The last one before a dataset was closed.</summary>
    [JsonStringEnumMemberName("close")]
    Close,

    /// <summary>The results of a run.</summary>
    [JsonStringEnumMemberName("run")]
    Run,
}
