using System.Text.Json.Serialization;

namespace Hutch.Datasets.Backups;

/// <param name="Name">Its name.</param>
/// <param name="Files">Files in it.</param>
/// <param name="Bytes">Bytes in it.</param>
/// <param name="CopiedBytes">Bytes that were copied for it.</param>
/// <param name="LinkedBytes">Bytes that share the disk with the data folder: no second copy.</param>
/// <param name="ReusedBytes">Bytes that earlier backups had already.</param>
/// <param name="Removed">Older backups that were removed.</param>
/// <param name="Damage">Damage found in segments that were read for it.</param>
public sealed record BackupSummary(
    string Name, int Files, long Bytes, long CopiedBytes, long LinkedBytes, long ReusedBytes, int Removed, IReadOnlyList<string> Damage);

/// <summary>The report of a backup as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BackupSummary))]
internal sealed partial class BackupJson : JsonSerializerContext;
