using Hutch.Agent.Rules;

namespace Hutch.Agent.Watching;

internal sealed class ScannedTree(FolderRule rule, int maxFiles)
{
    private static readonly TimeSpan TimeBetweenChecks = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ActiveTime = TimeSpan.FromMinutes(10);
    private const int TimesToTrust = 3;

    private readonly Dictionary<string, ScannedDirectory> _directories = new(StringComparer.Ordinal);
    private string[]? _paths;
    private string? _metadataFile;
    private int _count;
    private long _files;
    private long _bytes;
    private long _newest;
    private TimeSpan? _changedAt;
    private TimeSpan _checkedAt;
    private int _timesTrusted;
    private bool _hasLostTimes;

    public ScannedDirectory Root { get; } = new("", 0);

    /// <summary>Counts for a plan; null where none is made.</summary>
    public ScanFacts? Facts { get; init; }

    /// <summary>
    /// Returns true if the times of a directory reliably show changes of its names. If that is unknown for the mount, the times are trusted
    /// after they were right a few times, until they are wrong once. The times of a recently changed directory are not trusted then, as
    /// they may come late.
    /// </summary>
    public bool HasTimes(ScannedDirectory directory, MountKind mount, TimeSpan now) =>
        mount.KeepsFolderTimes || (_timesTrusted >= TimesToTrust && !_hasLostTimes && now - directory.NamesChangedAt > TimeBetweenChecks);

    public void NoteChangedNames(ScannedDirectory directory, bool withTimes, bool wasSettled, TimeSpan now)
    {
        bool isRecent = now - directory.NamesChangedAt <= TimeBetweenChecks;
        directory.NamesChangedAt = now;
        _timesTrusted += withTimes ? 1 : 0;
        _hasLostTimes |= !withTimes && wasSettled && !isRecent;
    }

    /// <summary>The number of files, links and directories.</summary>
    public int Count => _count;

    /// <summary>Prepares for a look: which names are left out, and which files are to be looked at that seem to be as they were.</summary>
    public void Begin(FolderScanRequest request, MountKind mount, string? metadataFile, TimeSpan now)
    {
        _directories.TryAdd("", Root);
        if (metadataFile != _metadataFile)
        {
            _metadataFile = metadataFile;
            Root.Clock.Remove();
            if (metadataFile is not null && Root.Files.ContainsKey(metadataFile))
            {
                Remove(Root, metadataFile);
            }
        }

        bool isTimely = now - _changedAt < ActiveTime && now - _checkedAt >= TimeBetweenChecks;
        if (request.IsThorough || isTimely)
        {
            _checkedAt = now;
            MarkAllSuspect(namesToo: request.IsThorough || !mount.KeepsFolderTimes);
        }

        foreach (string path in request.Directories)
        {
            _directories.GetValueOrDefault(path)?.MarkSuspect();
        }
    }

    /// <summary>Returns true if a name is not part of the dataset, and this needs no report.</summary>
    public bool IsLeftOut(ScannedDirectory directory, string name) =>
        !rule.IsAdopted
        && (name.StartsWith(FolderRule.OwnPrefix, StringComparison.Ordinal)
            || (directory.Depth == 0 && (name == rule.Options.RunningFile || name == _metadataFile || name == rule.Options.Block.File)));

    /// <summary>The reason why an entry with this name cannot be part of the dataset; null when it can.</summary>
    public (ScanFault Fault, string Text)? Fault(ScannedDirectory directory, string name, FileType? type)
    {
        if (_count >= maxFiles)
        {
            directory.Unseen.Add("");
            return (
                ScanFault.TooMany,
                $"{Display.Quote(directory.PathOf(name))} is left out: the folder has more than {maxFiles} files and directories "
                + "(agent.watching.maxFilesPerFolder).");
        }

        string path = directory.PathOf(name);
        if (directory.Depth == FolderScan.MaxDepth)
        {
            return (
                ScanFault.TooDeep,
                $"{Display.Quote(path)} is left out: it is more than {FolderScan.MaxDepth} directories deep.");
        }

        return NameFault(directory, name, path, type) is { } text ? (ScanFault.Name, text) : null;
    }

    private string? NameFault(ScannedDirectory directory, string name, string path, FileType? type)
    {
        if (directory.Depth == 0 && rule.Options.MetadataFiles.Contains(name))
        {
            return $"{Display.Quote(name)} is left out: it has the name of a metadata file, of which the first counts.";
        }

        if (type != FileType.Folder && rule.Options.MetadataFiles.Any(file => IsCopy(name, file)))
        {
            return $"{Display.Quote(path)} is left out: it seems to be a copy of the metadata file, with what only members may see. "
                + "Rename it if it is something else.";
        }

        if (!DatasetPath.Parse(path).TryGet(out DatasetPath parsed, out HutchError? error))
        {
            return error.Message;
        }

        if (parsed.Value != path)
        {
            return $"{Display.Quote(path)} is not written in the normal form of Unicode (NFC): rename it, for instance with convmv --nfc.";
        }

        if (ReservedNames.IsReserved(parsed))
        {
            return $"{Display.Quote(path)} is left out: this name is Hutch's own.";
        }

        return null;
    }

    // What editors, rsync and people make of it: SPA.yml~, .SPA.yml.swp, .SPA.yml.x3f8Za, SPA.yml.bak, old/SPA.yml.
    private static bool IsCopy(string name, string metadataFile) =>
        metadataFile.Contains('.', StringComparison.Ordinal)
            ? name.Contains(metadataFile, StringComparison.OrdinalIgnoreCase)
            : name == metadataFile;

    public void Add(ScannedDirectory above, string name)
    {
        var below = new ScannedDirectory(above.PathOf(name), above.Depth + 1);
        above.Add(below);
        _directories.Add(below.Path, below);
        _paths = null;
        _count++;
    }

    public void Remove(ScannedDirectory above, ScannedDirectory below)
    {
        above.Below.Remove(below.Name);
        _directories.Remove(below.Path);
        _paths = null;
        _count--;
    }

    /// <summary>Adds a file or link, or notes its new state.</summary>
    public void Set(ScannedDirectory directory, string name, in ScannedFile file, TimeSpan now)
    {
        Forget(directory, name);
        directory.Set(name, file);
        _count++;
        _changedAt = now;
        if (file.Type == FileType.File)
        {
            _files++;
            _bytes += file.Stamp.Size;
            _newest = Math.Max(_newest, file.Stamp.ChangedNanoseconds);
        }
    }

    public void Remove(ScannedDirectory directory, string name)
    {
        Forget(directory, name);
        directory.Files.Remove(name);
        directory.Young.Remove(name);
        directory.Problems.Clear(name);
    }

    public FolderScanResult Report(ScanVisit visit, TimeSpan elapsed) => Report(
        visit,
        visit.IsFull ? NextScan.Now : _directories.Values.Any(directory => directory.IsUnfinished) ? NextScan.Soon : NextScan.OnChange,
        [],
        elapsed);

    /// <summary>A look that found nothing, for a reason.</summary>
    public FolderScanResult Report(string problem, TimeSpan elapsed) => Report(null, NextScan.OnChange, [problem], elapsed) with
    {
        Unseen = new HashSet<string> { "" },
        Faults = new Dictionary<ScanFault, int> { [ScanFault.Unreadable] = 1 },
    };

    private FolderScanResult Report(ScanVisit? visit, NextScan next, IEnumerable<string> problems, TimeSpan elapsed)
    {
        string[] all = [.. problems, .. _directories.Values.SelectMany(Problems).Take(ScanProblems.MaxKept)];
        int count = problems.Count() + _directories.Values.Sum(directory => directory.Problems.Count + (directory.Trouble is null ? 0 : 1));
        _paths ??= [.. _directories.Keys];
        return new FolderScanResult(visit?.Changes ?? [], _paths, all, count, Unseen(), _files, _bytes, _newest, next, elapsed)
        {
            Faults = count == 0 ? FolderScanResult.NoFaults : Faults(),
        };
    }

    private Dictionary<ScanFault, int> Faults() => _directories.Values
        .SelectMany(directory => directory.Trouble is null
            ? directory.Problems.Faults
            : directory.Problems.Faults.Append((Fault: ScanFault.Unreadable, Count: 1)))
        .GroupBy(fault => fault.Fault, fault => fault.Count)
        .ToDictionary(group => group.Key, group => group.Sum());

    private HashSet<string> Unseen() =>
    [
        .. _directories.Values.Where(directory => directory.Trouble is not null).Select(directory => directory.Path),
        .. _directories.Values.SelectMany(directory => directory.Unseen.Select(
            name => name.Length == 0 ? directory.Path : directory.PathOf(name))),
    ];

    private static IEnumerable<string> Problems(ScannedDirectory directory) =>
        directory.Trouble is { } trouble ? [trouble, .. directory.Problems.Kept] : directory.Problems.Kept;

    private void MarkAllSuspect(bool namesToo)
    {
        foreach (ScannedDirectory directory in _directories.Values)
        {
            directory.MarkSuspect();
            if (namesToo)
            {
                directory.Clock.Remove();
            }
        }
    }

    private void Forget(ScannedDirectory directory, string name)
    {
        if (directory.Files.TryGetValue(name, out ScannedFile known))
        {
            _count--;
            _files -= known.Type == FileType.File ? 1 : 0;
            _bytes -= known.Type == FileType.File ? known.Stamp.Size : 0;
        }
    }
}
