namespace Hutch.Model.Records;

/// <summary>The ways in which a dataset's bytes end.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DatasetEnd>))]
public enum DatasetEnd
{
    /// <summary>The dataset was temporary from its start, and expired.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired,

    /// <summary>Its time in the trash expired.</summary>
    [JsonStringEnumMemberName("trash")]
    Trash,

    /// <summary>A user purged it, which is in the audit log.</summary>
    [JsonStringEnumMemberName("purged")]
    Purged,
}
