using System.Text;

namespace Hutch.Datasets.Backups;

/// <summary>A folder with backups of one data folder: shared <c>segments/</c>, and <c>backups/</c>, each with its manifest last.</summary>
/// <remarks>The layout is described in <c>docs/formats/backups.md</c>.</remarks>
public sealed class BackupFolder(IDisk disk, string folder)
{
    /// <summary>The file that says what the folder is.</summary>
    public const string MarkerName = "HUTCH-BACKUPS";

    public const string ManifestSuffix = ".manifest.jsonl";

    private const int MaxMarkerBytes = 4096;

    public string Path => folder;

    public string Segments => System.IO.Path.Combine(folder, "segments");

    public string Backups => System.IO.Path.Combine(folder, "backups");

    /// <summary>The names of the complete backups, oldest first.</summary>
    public IReadOnlyList<string> Names() =>
    [
        .. disk.ListFiles(Backups).Where(static name => name.EndsWith(ManifestSuffix, StringComparison.Ordinal))
            .Select(static name => name[..^ManifestSuffix.Length]).Order(StringComparer.Ordinal),
    ];

    public string Full(BackupFile file)
    {
        return System.IO.Path.Combine(folder, file.Path);
    }

    /// <summary>The manifest of a backup; of the newest when no name is given.</summary>
    public Result<BackupManifest> Manifest(string? name)
    {
        if (!disk.FileExists(System.IO.Path.Combine(folder, MarkerName)))
        {
            return ErrorCode.NotFound.With($"{Display.Quote(folder)} is not a backup folder: it has no file {MarkerName}.");
        }

        IReadOnlyList<string> names = Names();
        if (name is null && names.Count == 0)
        {
            return ErrorCode.NotFound.With($"{Display.Quote(folder)} has no complete backup: none has a manifest, which is written last.");
        }

        string wanted = name ?? names[^1];
        if (!names.Contains(wanted))
        {
            return ErrorCode.NotFound.With(
                $"There is no complete backup {Display.Quote(wanted)} in {Display.Quote(folder)}; there are: "
                + $"{(names.Count == 0 ? "none" : string.Join(", ", names))}.");
        }

        string path = ManifestPath(wanted);
        return BackupManifest.Read(disk.ReadAllBytes(path, BackupManifest.MaxBytes), path);
    }

    public string ManifestPath(string name) => System.IO.Path.Combine(Backups, name + ManifestSuffix);

    /// <summary>
    /// Makes the folder, or checks that it is one of backups of this incarnation: a folder with anything else in it is refused, and so is
    /// one of a data folder that was restored since, whose segments have the same names and other content.
    /// </summary>
    public Result<Done> Prepare(string incarnation)
    {
        string marker = System.IO.Path.Combine(folder, MarkerName);
        if (!disk.FileExists(marker))
        {
            if (disk.ListFiles(folder).Count > 0)
            {
                return ErrorCode.Conflict.With(
                    $"{Display.Quote(folder)} is not empty and not a backup folder. Use a new or empty one.");
            }

            disk.CreateFolder(Segments);
            disk.CreateFolder(Backups);
            AtomicFile.Replace(
                disk, marker, Encoding.ASCII.GetBytes($"{{\"format\":{BackupManifest.Format},\"incarnation\":\"{incarnation}\"}}\n"));
            return Done.Value;
        }

        string? other = IncarnationOf(marker);
        return other == incarnation
            ? Done.Value
            : ErrorCode.Conflict.With(
                $"{Display.Quote(folder)} has backups of another data folder, or of this one before "
                + $"it was restored ({other ?? "unreadable"}, not {incarnation}). Use another folder.");
    }

    /// <summary>Removes all but the newest backups, and segments that none of those left has.</summary>
    /// <returns>How many backups were removed.</returns>
    public int Prune(int keep)
    {
        string[] old = [.. Names().SkipLast(keep)];
        foreach (string name in old)
        {
            // The manifest first: without it, the rest is no backup.
            disk.Delete(ManifestPath(name));
        }

        disk.SyncFolder(Backups);
        var retained = new List<BackupManifest>();
        foreach (string name in Names())
        {
            if (!Manifest(name).TryGet(out BackupManifest? manifest, out _))
            {
                // One that cannot be read may need any file: nothing more is removed.
                return old.Length;
            }

            retained.Add(manifest);
        }

        HashSet<string> needed = [.. retained.SelectMany(static manifest => manifest.Files).Select(static file => file.Path)];
        RemoveUnneeded("segments", needed);
        RemoveUnneeded("backups", needed);
        return old.Length;
    }

    /// <summary>The name of a backup that begins now; not one that there is.</summary>
    internal string NewName(DateTimeOffset now)
    {
        string stamp = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string name = stamp;
        for (int i = 2; disk.FileExists(ManifestPath(name)); i++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{stamp}-{i}");
        }

        return name;
    }

    private void RemoveUnneeded(string part, HashSet<string> needed)
    {
        string path = System.IO.Path.Combine(folder, part);
        foreach (string name in disk.ListFiles(path))
        {
            if (!name.EndsWith(ManifestSuffix, StringComparison.Ordinal) && !needed.Contains($"{part}/{name}"))
            {
                disk.Delete(System.IO.Path.Combine(path, name));
            }
        }

        disk.SyncFolder(path);
    }

    private string? IncarnationOf(string marker)
    {
        try
        {
            using var json = JsonDocument.Parse(disk.ReadAllBytes(marker, MaxMarkerBytes));
            return json.RootElement.GetProperty("incarnation").GetString();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
