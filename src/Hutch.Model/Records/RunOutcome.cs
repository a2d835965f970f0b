namespace Hutch.Model.Records;

[JsonConverter(typeof(JsonStringEnumConverter<RunOutcome>))]
public enum RunOutcome
{
    /// <summary>All of its input was processed.</summary>
    [JsonStringEnumMemberName("done")]
    Done,

    /// <summary>It stopped with an error.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>A user cancelled it.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}
