using System.Text;

namespace Hutch.Datasets.Upgrades;

/// <summary>Brings a data folder to the format of this program, one step after the other, each after a checked copy; and back.</summary>
/// <remarks>For the process that holds the folder's lock.</remarks>
public sealed class FolderUpgrader
{
    /// <summary>A file that marks an unfinished downgrade: no server opens the folder before its end.</summary>
    public const string BackUnfinishedName = "UPGRADE-BACK-UNFINISHED";

    private const string BeforeBackSuffix = ".before-back";
    private const int MaxMarkBytes = 4096;

    private readonly IDisk _disk;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<IFolderUpgrade> _steps;

    public FolderUpgrader(IDisk disk, string folder, TimeProvider time)
        : this(disk, folder, time, [new UpgradeFrom1(), new UpgradeFrom2()])
    {
    }

    internal FolderUpgrader(IDisk disk, string folder, TimeProvider time, IReadOnlyList<IFolderUpgrade> steps)
    {
        _disk = disk;
        _folder = folder;
        _time = time;
        _steps = steps;
    }

    public int Current => _steps[^1].From + 1;

    /// <summary>
    /// Upgrades the folder when it is older. A crash or failure leaves the format before or after a step, each whole; the next call
    /// continues. Throws an <see cref="IOException"/> with an explanation when the folder is newer.
    /// </summary>
    /// <param name="tell">Called with a message about each change.</param>
    /// <param name="ct">Cancels between two steps.</param>
    public async Task<DataVersion> UpgradeAsync(DataVersion version, Func<Guid> newId, Action<string>? tell, CancellationToken ct)
    {
        while (version.NeedsUpgrade(Current, _folder))
        {
            DataVersion before = version;
            IFolderUpgrade step = _steps.FirstOrDefault(step => step.From == before.Format)
                ?? throw new IOException(
                    $"The data folder '{_folder}' has format {version.Format}, which this version cannot upgrade. Nothing was changed.");
            version = await StepAsync(step, newId, tell, ct);
        }

        RemoveLeftovers();
        return version;
    }

    /// <summary>
    /// Undoes the last upgrade: the old program can open the folder afterwards. Replaced databases stay next to the restored ones.
    /// </summary>
    /// <param name="ct">Cancels before anything is changed.</param>
    /// <returns>The copy that counts again.</returns>
    public async Task<UpgradeCopy> GoBackAsync(IReadOnlyList<string> copyNames, CancellationToken ct)
    {
        DataVersion? version = DataVersion.Read(_disk, _folder);
        string mark = Path.Combine(_folder, BackUnfinishedName);
        bool isBegun = _disk.FileExists(mark);
        IReadOnlyList<string> begun = isBegun ? [.. copyNames.Where(ReadMark(mark).Contains)] : [];
        UpgradeCopy copy = UpgradeCopy.FindNewest(_disk, _folder, begun.Count > 0 ? begun : copyNames, isBegun ? null : version?.Format)
            ?? throw new IOException(
                $"'{_folder}' has no copy from an upgrade to format {version?.Format} (a folder upgrade-…). Only a backup leads back.");
        IReadOnlyList<string> damage = await copy.FindDamageAsync(_disk, _folder, ct);
        if (damage.Count > 0)
        {
            throw new IOException(
                $"The copy {copy.Name} is damaged ({string.Join(", ", damage)}) and cannot be used. "
                + "Nothing was changed; restore a backup.");
        }

        if (copy.Files.FirstOrDefault(file => UpgradeCopy.IsDatabase(file) && _disk.FileExists(PathOf(file) + "-wal")) is { } open)
        {
            throw new IOException(
                $"{open.Path} was not closed cleanly. Start the server, stop it, then try again. Nothing was changed.");
        }

        if (!isBegun)
        {
            Begin(copy);
        }

        await PutBackAsync(copy);
        return copy;
    }

    private async Task<DataVersion> StepAsync(IFolderUpgrade step, Func<Guid> newId, Action<string>? tell, CancellationToken ct)
    {
        using IDisposable? old = step.Prepare(_disk, _folder);
        UpgradeCopy copy = await UpgradeCopy.MakeAsync(_disk, _folder, step.From, step.From + 1, _time.GetUtcNow(), ct);
        DataVersion next = step.Decide(_disk, _folder, newId);
        next.Write(_disk, _folder);
        tell?.Invoke(
            $"Upgraded the data folder from format {step.From} to {step.From + 1}. "
            + $"The previous state is in {copy.Name}; to go back, stop the server and run hutch upgrade --back.");
        return next;
    }

    private void RemoveLeftovers()
    {
        string[] left = [.. _steps.SelectMany(step => step.Leftovers).Select(name => Path.Combine(_folder, name)).Where(_disk.FileExists)];
        foreach (string path in left)
        {
            _disk.Delete(path);
        }

        if (left.Length > 0)
        {
            _disk.SyncFolder(_folder);
        }
    }

    /// <summary>Begins a downgrade: the databases that it replaces take the place of those of an earlier downgrade.</summary>
    private void Begin(UpgradeCopy copy)
    {
        foreach (CopiedFile file in copy.Files.Where(UpgradeCopy.IsDatabase))
        {
            _disk.Delete(PathOf(file) + BeforeBackSuffix);
        }

        AtomicFile.Replace(
            _disk,
            Path.Combine(_folder, BackUnfinishedName),
            Encoding.UTF8.GetBytes($"A downgrade to {copy.Name} did not finish: run `hutch upgrade --back` again.\n"));
    }

    private string ReadMark(string path) => Encoding.UTF8.GetString(_disk.ReadAllBytes(path, MaxMarkBytes));

    /// <summary>Databases first, <c>VERSION</c> last: until then no program takes the folder, and this can be done again.</summary>
    private async Task PutBackAsync(UpgradeCopy copy)
    {
        var copies = new Backups.FileCopies(_disk);
        foreach (CopiedFile file in copy.Files.OrderBy(file => file.Path == DataVersion.FileName))
        {
            string path = PathOf(file);
            if (UpgradeCopy.IsDatabase(file) && _disk.FileExists(path) && !_disk.FileExists(path + BeforeBackSuffix))
            {
                _disk.Rename(path, path + BeforeBackSuffix);
            }

            _disk.CreateFolder(Path.GetDirectoryName(path)!);
            await copies.CopyAsync(Path.Combine(_folder, copy.Name, file.Path), file.Bytes, path, null, CancellationToken.None);
            _disk.SyncFolder(Path.GetDirectoryName(path)!);
        }

        _disk.Delete(Path.Combine(_folder, BackUnfinishedName));
        _disk.SyncFolder(_folder);
    }

    private string PathOf(CopiedFile file) => Path.Combine(_folder, file.Path);
}
