using System.Text.Json.Serialization;
using Hutch.Capture;
using Hutch.Client.Fetch;
using Hutch.Client.Pull;
using Hutch.Client.Push;
using Hutch.Client.Watching;
using Hutch.Client.Workspaces;
using Hutch.Commands.Verbs.Accounts;
using Hutch.Commands.Verbs.Datasets;
using Hutch.Commands.Verbs.Files;
using Hutch.Commands.Verbs.Frames;
using Hutch.DataLadClient.Stores;

namespace Hutch.Commands.Verbs;

/// <summary>The JSON form of the command's own results.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PushOutcome))]
[JsonSerializable(typeof(WatchRound))]
[JsonSerializable(typeof(PullOutcome))]
[JsonSerializable(typeof(CloneOutcome))]
[JsonSerializable(typeof(DropOutcome))]
[JsonSerializable(typeof(LocalVerifyOutcome))]
[JsonSerializable(typeof(WorkspaceStatus))]
[JsonSerializable(typeof(GetOutcome))]
[JsonSerializable(typeof(TagLine))]
[JsonSerializable(typeof(ResolveLine))]
[JsonSerializable(typeof(PrefixLine))]
[JsonSerializable(typeof(VersionLine))]
[JsonSerializable(typeof(ImportLine))]
[JsonSerializable(typeof(StoreLine))]
[JsonSerializable(typeof(CreatedUserLine))]
[JsonSerializable(typeof(FreedLine))]
[JsonSerializable(typeof(string[][]))]
[JsonSerializable(typeof(OpenLine))]
[JsonSerializable(typeof(IngestLine))]
[JsonSerializable(typeof(ExportLine))]
[JsonSerializable(typeof(CaptureLine))]
[JsonSerializable(typeof(FailedSeries))]
[JsonSerializable(typeof(TeeLine))]
internal sealed partial class CliJson : JsonSerializerContext;
