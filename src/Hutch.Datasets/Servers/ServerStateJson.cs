using System.Text.Json.Serialization;
using Hutch.Processing.Dispatch;

namespace Hutch.Datasets.Servers;

/// <summary>How servers of one version tell each other of runs and of themselves.</summary>
[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(ProcessingStatus))]
[JsonSerializable(typeof(RunProgress))]
[JsonSerializable(typeof(ServerState))]
internal sealed partial class ServerStateJson : JsonSerializerContext;
