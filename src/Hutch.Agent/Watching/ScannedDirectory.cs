using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hutch.Agent.Watching;

/// <param name="path">Its path in the folder; empty for the folder itself.</param>
internal sealed class ScannedDirectory(string path, int depth)
{
    // Going through all files costs about a microsecond each where it is cheap: it takes at most a fiftieth of the time, and where it is
    // not, half of what a look allows for it.
    private static readonly TimeSpan PausePerFile = TimeSpan.FromMicroseconds(50);

    private readonly Queue<string> _unchecked = [];
    private TimeSpan _checkBegun;
    private TimeSpan _nextCheck = TimeSpan.MinValue;
    private bool _isSuspect;
    private int _round;
    private int _notedIn;

    public DirectoryClock Clock;

    /// <summary>Its path in the folder, with <c>/</c> between the names; empty for the folder itself.</summary>
    public string Path => path;

    public int Depth => depth;

    public string Name { get; } = path[(path.LastIndexOf('/') + 1)..];

    public Dictionary<string, ScannedFile> Files { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ScannedDirectory> Below { get; } = new(StringComparer.Ordinal);

    /// <summary>The files that changed lately, and when: they may go on growing without a change of the directory.</summary>
    public Dictionary<string, TimeSpan> Young { get; } = new(StringComparer.Ordinal);

    public ScanProblems Problems { get; } = new();

    /// <summary>The names in it that may be files, and could not be looked at; an empty one for names that were not looked at.</summary>
    public HashSet<string> Unseen { get; } = new(StringComparer.Ordinal);

    public TimeSpan NamesChangedAt { get; set; } = TimeSpan.MinValue / 2;

    /// <summary>The reason why it could not be read; null when it could.</summary>
    public string? Trouble { get; set; }

    /// <summary>True if files in it must be checked though they seem unchanged.</summary>
    public bool IsSuspect => _isSuspect || _unchecked.Count > 0;

    /// <summary>True if the directory must be opened, whatever its times are.</summary>
    public bool IsToBeOpened => Below.Count > 0 || Young.Count > 0 || IsSuspect;

    /// <summary>True if a later scan finds more, even without a reported change.</summary>
    public bool IsUnfinished => Trouble is null && (IsSuspect || Clock.IsDue);

    public string PathOf(string name) => path.Length == 0 ? name : path + "/" + name;

    /// <summary>From now on every file is looked at once more, as something may have happened to any of them.</summary>
    public void MarkSuspect() => _isSuspect = Files.Count > 0 || Problems.Count > 0;

    /// <summary>The next file that is to be looked at once more.</summary>
    public bool TryTakeSuspect(TimeSpan now, out string? name)
    {
        if (_unchecked.Count == 0 && _isSuspect && now >= _nextCheck)
        {
            _isSuspect = false;
            _checkBegun = now;
            foreach (string file in Files.Keys)
            {
                _unchecked.Enqueue(file);
            }
        }

        bool isTaken = _unchecked.TryDequeue(out name);
        if (isTaken && _unchecked.Count == 0)
        {
            TimeSpan taken = now - _checkBegun;
            TimeSpan pause = PausePerFile * Files.Count;
            _nextCheck = now + (taken > pause ? taken : pause);
        }

        return isTaken;
    }

    /// <summary>Its names are going to be read: none has been seen yet.</summary>
    public void BeginReading() => _round++;

    /// <summary>Notes that a name is still there. False for one that is not known, or was something else.</summary>
    public bool TryNote(ReadOnlySpan<char> name, FileType? type)
    {
        if (type is not FileType.Folder)
        {
            ref ScannedFile file = ref CollectionsMarshal.GetValueRefOrNullRef(
                Files.GetAlternateLookup<ReadOnlySpan<char>>(), name);
            if (!Unsafe.IsNullRef(ref file) && (type ?? file.Type) == file.Type)
            {
                file.Round = _round;
                return true;
            }
        }

        if ((type is null or FileType.Folder)
            && Below.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out ScannedDirectory? below))
        {
            below._notedIn = _round;
            return true;
        }

        return false;
    }

    /// <summary>The files whose names were not seen when names were read last.</summary>
    public IReadOnlyList<string> FilesNotNoted() => [.. Files.Where(file => file.Value.Round != _round).Select(file => file.Key)];

    /// <summary>The directories whose names were not seen when names were read last.</summary>
    public IReadOnlyList<ScannedDirectory> DirectoriesNotNoted() => [.. Below.Values.Where(below => below._notedIn != _round)];

    /// <summary>Adds a file or puts it in the place of the one that was known; it counts as seen.</summary>
    public void Set(string name, ScannedFile file) => Files[name] = file with { Round = _round };

    public void Add(ScannedDirectory below)
    {
        below._notedIn = _round;
        Below.Add(below.Name, below);
    }
}

internal struct ScannedFile
{
    public FileType Type;

    public FileStamp Stamp;

    /// <summary>True if its owner may execute it.</summary>
    public bool IsExecutable;

    /// <summary>In which reading of the directory its name was seen last.</summary>
    public int Round;

    public readonly bool IsSame(in ScannedFile other) =>
        Type == other.Type && Stamp == other.Stamp && IsExecutable == other.IsExecutable;
}
