using System.Text.Json.Serialization;
using Hutch.Client.Workspaces;
using Hutch.Model.Contracts;

namespace Hutch.Client.Configuration;

/// <summary>How the client's own files are written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(BlobHashJsonConverter), typeof(DatasetIdJsonConverter)])]
[JsonSerializable(typeof(UserConfig))]
[JsonSerializable(typeof(WorkspaceConfig))]
[JsonSerializable(typeof(IndexRow))]
[JsonSerializable(typeof(FileHeader))]
[JsonSerializable(typeof(SessionState))]
[JsonSerializable(typeof(PullConflict))]
internal sealed partial class ClientJson : JsonSerializerContext;
