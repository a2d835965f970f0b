using System.Text.Json.Serialization;

namespace Hutch.Datasets.Backups;

/// <summary>
/// Makes backups of a site without stopping its use. Sealed segments are linked, or copied once. Open segments are copied up to one moment
/// between two groups, and each database as one state. The manifest is written last. A backup of a site in PostgreSQL and an object store
/// has the same form: its objects are copied as segments, and its accounts as a SQLite file.
/// </summary>
public sealed class BackupWriter(BackupSource source)
{
    /// <summary>The folder in the data folder whose files are secrets.</summary>
    public const string KeyFolder = "keys";

    /// <summary>The configuration, if the data folder has it.</summary>
    internal const string ConfigurationName = "hutch.yaml";

    /// <param name="progress">Called with the part that is done, 0 to 1.</param>
    /// <param name="ct">Cancels; the next backup uses the files that were copied.</param>
    public async Task<Result<BackupSummary>> CreateAsync(BackupRequest wanted, Action<double> progress, CancellationToken ct)
    {
        if (CheckPlace(wanted.Folder) is { } refusal)
        {
            return refusal;
        }

        try
        {
            var folder = new BackupFolder(source.Disk, wanted.Folder);
            source.Disk.CreateFolder(wanted.Folder);
            Result<Done> prepared = folder.Prepare(source.Site.Files.Objects?.Site ?? source.Incarnation);
            return prepared.IsOk ? await new BackupRun(source, folder, wanted, progress).RunAsync(ct) : prepared.Error;
        }
        catch (DiskFullException)
        {
            return ErrorCode.InsufficientStorage.With(
                $"The disk of {Display.Quote(wanted.Folder)} is full: this backup is incomplete and cannot be used. "
                + "Earlier backups are intact. Free space, or keep fewer backups, and try again.");
        }
    }

    private HutchError? CheckPlace(string folder)
    {
        if (!Path.IsPathFullyQualified(folder))
        {
            return ErrorCode.BadRequest.With($"{Display.Quote(folder)} is not an absolute path on the server.");
        }

        string destination = Path.GetFullPath(folder) + "/";
        string data = Path.GetFullPath(source.DataFolder) + "/";
        return destination.StartsWith(data, StringComparison.Ordinal) || data.StartsWith(destination, StringComparison.Ordinal)
            ? ErrorCode.BadRequest.With(
                $"{Display.Quote(folder)} and the data folder {Display.Quote(source.DataFolder)} contain each other: "
                + "use a separate folder, ideally on another disk.")
            : null;
    }
}

/// <param name="Folder">Where to: an absolute path on the disk of the server, a new or empty folder or one with earlier backups.</param>
/// <param name="WithKeys">Whether keys and the configuration go with it.</param>
/// <param name="Keep">How many backups stay in the folder; null for all.</param>
public sealed record BackupRequest(string Folder, bool WithKeys = false, int? Keep = null);

public sealed record BackupSource(
    IDisk Disk, string DataFolder, SiteServices Site, ZoneServices Zone, string Incarnation, TimeProvider Time);

/// <param name="LinkedBytes">Bytes that share the disk with the data folder: no second copy.</param>
/// <param name="ReusedBytes">Bytes that earlier backups had already.</param>
/// <param name="Damage">Its missing parts, damaged or lost in the data folder, a sentence each: then it is partial.</param>
public sealed record BackupSummary(
    string Name, int Files, long Bytes, long CopiedBytes, long LinkedBytes, long ReusedBytes, int Removed, IReadOnlyList<string> Damage);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BackupSummary))]
[JsonSerializable(typeof(bool))]
internal sealed partial class BackupJson : JsonSerializerContext;
