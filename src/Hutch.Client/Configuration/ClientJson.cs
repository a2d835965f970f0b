using System.Text.Json.Serialization;
using Hutch.Client.Workspaces;

namespace Hutch.Client.Configuration;

/// <summary>How the client's own files are written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UserConfig))]
[JsonSerializable(typeof(WorkspaceConfig))]
[JsonSerializable(typeof(IndexRow))]
[JsonSerializable(typeof(FileHeader))]
[JsonSerializable(typeof(SessionState))]
[JsonSerializable(typeof(PullConflict))]
internal sealed partial class ClientJson : JsonSerializerContext;
