using System.Text.Json.Serialization;
using Hutch.Processing.Dispatch;

namespace Hutch.Datasets.Servers;

/// <summary>The JSON of runs and server states between servers of one version.</summary>
[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(ProcessingStatus))]
[JsonSerializable(typeof(RunProgress))]
[JsonSerializable(typeof(ServerState))]
internal sealed partial class ServerStateJson : JsonSerializerContext;
