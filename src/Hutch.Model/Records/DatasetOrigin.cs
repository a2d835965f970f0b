namespace Hutch.Model.Records;

[JsonConverter(typeof(JsonStringEnumConverter<DatasetOrigin>))]
public enum DatasetOrigin
{
    /// <summary>Acquired or uploaded.</summary>
    [JsonStringEnumMemberName("original")]
    Original,

    /// <summary>Created from closed parents.</summary>
    [JsonStringEnumMemberName("derived")]
    Derived,

    /// <summary>Created by a run from an open dataset; can close only after its parent.</summary>
    [JsonStringEnumMemberName("following")]
    Following,
}
