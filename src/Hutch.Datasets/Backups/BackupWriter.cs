using Hutch.Disk;
using Hutch.Model;

namespace Hutch.Datasets.Backups;

/// <summary>
/// Makes backups of an open data folder, while everybody goes on working: sealed segments are linked, or copied once; of open ones the part
/// up to one moment between two groups; the databases as one state each. The manifest is written last.
/// </summary>
public sealed class BackupWriter(BackupSource source)
{
    /// <summary>The folder in the data folder whose files are secrets.</summary>
    public const string KeyFolder = "keys";

    /// <param name="wanted">Where, and what.</param>
    /// <param name="progress">Told the part that is done, 0 to 1.</param>
    /// <param name="ct">Cancels; what was copied is used by the next one.</param>
    public async Task<Result<BackupSummary>> CreateAsync(BackupRequest wanted, Action<double> progress, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        if (CheckPlace(wanted.Folder) is { } refusal)
        {
            return refusal;
        }

        try
        {
            var folder = new BackupFolder(source.Disk, wanted.Folder);
            source.Disk.CreateFolder(wanted.Folder);
            Result<Done> prepared = folder.Prepare(source.Incarnation);
            return prepared.IsOk ? await new BackupWork(source, folder, wanted, progress).RunAsync(ct) : prepared.Error;
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

        string place = Path.GetFullPath(folder) + "/";
        string data = Path.GetFullPath(source.DataFolder) + "/";
        return place.StartsWith(data, StringComparison.Ordinal) || data.StartsWith(place, StringComparison.Ordinal)
            ? ErrorCode.BadRequest.With(
                $"{Display.Quote(folder)} and the data folder {Display.Quote(source.DataFolder)} contain each other: "
                + "use a separate folder, ideally on another disk.")
            : null;
    }
}
