using System.Text.Json.Serialization;
using Hutch.Cli.Doctor;
using Hutch.Client.Fetch;
using Hutch.Client.Pull;
using Hutch.Client.Push;
using Hutch.Client.Workspaces;
using Hutch.Datasets.Backups;

namespace Hutch.Cli.Output;

/// <summary>How the command's own results are written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(PushOutcome))]
[JsonSerializable(typeof(PullOutcome))]
[JsonSerializable(typeof(CloneOutcome))]
[JsonSerializable(typeof(DropOutcome))]
[JsonSerializable(typeof(WorkspaceStatus))]
[JsonSerializable(typeof(GetLine))]
[JsonSerializable(typeof(PrefixLine))]
[JsonSerializable(typeof(VersionLine))]
[JsonSerializable(typeof(IngestLine))]
[JsonSerializable(typeof(RebuildLine))]
[JsonSerializable(typeof(ConfigCheckLine))]
[JsonSerializable(typeof(DoctorLine))]
[JsonSerializable(typeof(BackupSummary))]
[JsonSerializable(typeof(BackupVerifyLine))]
[JsonSerializable(typeof(BackupRestoreLine))]
[JsonSerializable(typeof(SimulateLine))]
internal sealed partial class CliJson : JsonSerializerContext;

/// <summary>What <c>hutch get --json</c> prints.</summary>
/// <param name="Files">Files that came.</param>
/// <param name="Bytes">Their bytes.</param>
internal sealed record GetLine(long Files, long Bytes);

/// <summary>What <c>hutch list DATASET --json</c> prints for a directory.</summary>
/// <param name="Prefix">Its path, with a slash at the end.</param>
internal sealed record PrefixLine(string Prefix);

/// <summary>What <c>hutch version --json</c> prints.</summary>
/// <param name="Version">Version of this program.</param>
/// <param name="Api">Version of the interface it speaks.</param>
internal sealed record VersionLine(string Version, string Api);

/// <summary>What <c>hutch ingest --json</c> prints.</summary>
/// <param name="Dataset">The dataset, <c>owner/slug</c>.</param>
/// <param name="Frames">Frames stored.</param>
/// <param name="Missing">Frames that the file never got.</param>
/// <param name="Bytes">Bytes stored.</param>
internal sealed record IngestLine(string Dataset, long Frames, long Missing, long Bytes);

/// <summary>What <c>hutch simulate dataset --json</c> prints.</summary>
/// <param name="Master">Path of the master file.</param>
/// <param name="Images">Images in the series.</param>
internal sealed record SimulateLine(string Master, int Images);

/// <summary>What <c>hutch rebuild --json</c> prints.</summary>
/// <param name="Data">The data folder.</param>
/// <param name="Records">Journal records in the new database.</param>
internal sealed record RebuildLine(string Data, long Records);

/// <summary>What <c>hutch config check --json</c> prints.</summary>
/// <param name="Valid">Whether a server would start with it.</param>
/// <param name="File">The file that was read.</param>
/// <param name="Data">The data folder.</param>
/// <param name="Problems">What is wrong, a sentence each.</param>
internal sealed record ConfigCheckLine(bool Valid, string? File, string Data, IReadOnlyList<string> Problems);

/// <summary>What <c>hutch backup verify --json</c> prints.</summary>
/// <param name="Backup">The backup.</param>
/// <param name="Files">Files in it.</param>
/// <param name="Bytes">Bytes in it.</param>
/// <param name="Ok">Whether it can be restored.</param>
/// <param name="Damage">What is wrong, a sentence each.</param>
internal sealed record BackupVerifyLine(string Backup, int Files, long Bytes, bool Ok, IReadOnlyList<string> Damage);

/// <summary>What <c>hutch backup restore --json</c> prints.</summary>
/// <param name="Backup">The backup.</param>
/// <param name="Data">The new data folder.</param>
/// <param name="Incarnation">Its incarnation.</param>
/// <param name="Files">Files restored.</param>
/// <param name="Bytes">Bytes restored.</param>
/// <param name="WithKeys">Whether the backup had keys.</param>
internal sealed record BackupRestoreLine(string Backup, string Data, string Incarnation, int Files, long Bytes, bool WithKeys);

/// <summary>What <c>hutch doctor --json</c> prints.</summary>
/// <param name="Ok">Whether nothing must be done.</param>
/// <param name="DataFolder">The data folder.</param>
/// <param name="OpenIn">Which process has it open; absent for none.</param>
/// <param name="Findings">What was found.</param>
/// <param name="Looked">What was looked at.</param>
/// <param name="Versions">Versions of the program and its libraries.</param>
internal sealed record DoctorLine(
    bool Ok,
    string DataFolder,
    string? OpenIn,
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<string> Looked,
    IReadOnlyDictionary<string, string> Versions);
