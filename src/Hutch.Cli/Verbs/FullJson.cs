using System.Text.Json.Serialization;
using Hutch.Agent.Conversion;
using Hutch.Cli.Verbs.Agents;
using Hutch.Cli.Verbs.Datasets;
using Hutch.Cli.Verbs.Runs;
using Hutch.Cli.Verbs.Servers;
using Hutch.Cli.Verbs.Simulators;
using Hutch.Datasets.Backups;
using Hutch.Server;

namespace Hutch.Cli.Verbs;

/// <summary>The JSON form of the results of the full program's own verbs.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RebuildLine))]
[JsonSerializable(typeof(ConfigCheckLine))]
[JsonSerializable(typeof(AgentDryRun))]
[JsonSerializable(typeof(AgentExplanation))]
[JsonSerializable(typeof(ConvertedConfiguration))]
[JsonSerializable(typeof(DoctorLine))]
[JsonSerializable(typeof(TypeCheckLine))]
[JsonSerializable(typeof(BackupSummary))]
[JsonSerializable(typeof(BackupVerifyLine))]
[JsonSerializable(typeof(BackupRehearseLine))]
[JsonSerializable(typeof(BackupRestoreLine))]
[JsonSerializable(typeof(MoveReport))]
[JsonSerializable(typeof(SimulateLine))]
[JsonSerializable(typeof(SimulateDetectorLine))]
[JsonSerializable(typeof(SimulateMicroscopeLine))]
[JsonSerializable(typeof(WorkerLine))]
internal sealed partial class FullJson : JsonSerializerContext;
