using System.Text.Json.Serialization;

namespace Hutch.Client.Workspaces;

/// <summary>How the files of a working directory's <c>.hutch</c> are written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WorkspaceConfig))]
[JsonSerializable(typeof(IndexRow))]
[JsonSerializable(typeof(FileHeader))]
[JsonSerializable(typeof(SessionState))]
[JsonSerializable(typeof(PullConflict))]
internal sealed partial class WorkspaceJson : JsonSerializerContext;
