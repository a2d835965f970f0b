using System.Text.Json.Serialization;

namespace Hutch.Model.Records;

/// <summary>The announced ways in which bytes end.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DatasetEnd>))]
public enum DatasetEnd
{
    /// <summary>The data was transient from its start and its time is over.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired,

    /// <summary>Its time in the trash expired.</summary>
    [JsonStringEnumMemberName("trash")]
    Trash,

    /// <summary>Purged, which is audited.</summary>
    [JsonStringEnumMemberName("purged")]
    Purged,
}
