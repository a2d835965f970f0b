using Hutch.Model.Parameters;

namespace Hutch.Model.Maintenance;

/// <summary>Declares a maintenance task. The REST API and its clients need no other knowledge of it.</summary>
public sealed record TaskDeclaration : IParametrised
{
    /// <summary>Name in requests and jobs, such as <c>gc</c>.</summary>
    public required string Kind { get; init; }

    public required string Description { get; init; }

    public TaskStarter Starter { get; init; } = TaskStarter.Operator;

    public IReadOnlyList<ParameterDeclaration> Parameters { get; init; } = [];

    [JsonIgnore]
    public Func<ParameterValues, HutchError?>? CheckTogether { get; init; }

    string IParametrised.What => $"job '{Kind}'";
}

/// <summary>The roles that may start a maintenance task.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TaskStarter>))]
public enum TaskStarter
{
    [JsonStringEnumMemberName("operator")]
    Operator,

    /// <summary>Site admins and administrators, for tasks that can write outside the data folder.</summary>
    [JsonStringEnumMemberName("administrator")]
    Administrator,
}
