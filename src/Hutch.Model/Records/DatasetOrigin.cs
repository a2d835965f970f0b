using System.Text.Json.Serialization;

namespace Hutch.Model.Records;

/// <summary>Where a dataset comes from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DatasetOrigin>))]
public enum DatasetOrigin
{
    /// <summary>Acquired or uploaded.</summary>
    [JsonStringEnumMemberName("original")]
    Original,

    /// <summary>Made from closed parents.</summary>
    [JsonStringEnumMemberName("derived")]
    Derived,

    /// <summary>Made by a run from a dataset that is still open; can close only after its parent.</summary>
    [JsonStringEnumMemberName("following")]
    Following,
}
