using System.Text.Json.Serialization;
using Hutch.Processing.Dispatch;

namespace Hutch.Datasets.Servers;

[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(ProcessingStatus))]
[JsonSerializable(typeof(RunProgress))]
[JsonSerializable(typeof(ServerState))]
internal sealed partial class ServerStateJson : JsonSerializerContext;
