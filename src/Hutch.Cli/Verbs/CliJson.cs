using System.Text.Json.Serialization;
using Hutch.Agent.Conversion;
using Hutch.Capture;
using Hutch.Cli.DataLad.Stores;
using Hutch.Cli.Verbs.Agents;
using Hutch.Cli.Verbs.Datasets;
using Hutch.Cli.Verbs.Files;
using Hutch.Cli.Verbs.Frames;
using Hutch.Cli.Verbs.Runs;
using Hutch.Cli.Verbs.Servers;
using Hutch.Cli.Verbs.Simulators;
using Hutch.Client.Fetch;
using Hutch.Client.Pull;
using Hutch.Client.Push;
using Hutch.Client.Workspaces;
using Hutch.Datasets.Backups;

namespace Hutch.Cli.Verbs;

/// <summary>The JSON form of the command's own results.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PushOutcome))]
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
[JsonSerializable(typeof(ExportLine))]
[JsonSerializable(typeof(ImportLine))]
[JsonSerializable(typeof(StoreLine))]
[JsonSerializable(typeof(IngestLine))]
[JsonSerializable(typeof(RebuildLine))]
[JsonSerializable(typeof(ConfigCheckLine))]
[JsonSerializable(typeof(AgentDryRun))]
[JsonSerializable(typeof(AgentExplanation))]
[JsonSerializable(typeof(ConvertedConfiguration))]
[JsonSerializable(typeof(DoctorLine))]
[JsonSerializable(typeof(TypeCheckLine))]
[JsonSerializable(typeof(BackupSummary))]
[JsonSerializable(typeof(BackupVerifyLine))]
[JsonSerializable(typeof(BackupRestoreLine))]
[JsonSerializable(typeof(SimulateLine))]
[JsonSerializable(typeof(SimulateDetectorLine))]
[JsonSerializable(typeof(SimulateMicroscopeLine))]
[JsonSerializable(typeof(CaptureLine))]
[JsonSerializable(typeof(FailedSeries))]
[JsonSerializable(typeof(TeeLine))]
[JsonSerializable(typeof(WorkerLine))]
internal sealed partial class CliJson : JsonSerializerContext;
