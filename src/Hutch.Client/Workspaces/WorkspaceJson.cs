using System.Text.Json.Serialization;

namespace Hutch.Client.Workspaces;

/// <summary>The JSON format of the files in a working directory's <c>.hutch</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WorkspaceConfig))]
[JsonSerializable(typeof(IndexRow))]
[JsonSerializable(typeof(FileHeader))]
[JsonSerializable(typeof(SessionState))]
[JsonSerializable(typeof(PullConflict))]
[JsonSerializable(typeof(RemovalList))]
[JsonSerializable(typeof(LeftOutPath))]
internal sealed partial class WorkspaceJson : JsonSerializerContext;
