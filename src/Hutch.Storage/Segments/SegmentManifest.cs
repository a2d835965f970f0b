using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>
/// The segment files of the store, in <c>segments.txt</c> next to them, and their seals, so that a removed or truncated file is noticed.
/// Each line has a checksum. A lost list is written anew, and then a missing file is only known if the next segment of its lane names it.
/// </summary>
/// <remarks>
/// A name is added after the file has contents, and removed before the file is deleted, so that a stop between the two never reports a
/// deleted file as missing. A seal is entered with the next segment's name. Thread-safe.
/// </remarks>
internal sealed class SegmentManifest(IDisk disk, string folder)
{
    public const string FileName = "segments.txt";

    private const int MaxFileBytes = 64 << 20;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, ManifestLine> _lines = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _missed = new(StringComparer.Ordinal);
    private bool _isSaved = true;

    // Each look-up of a member that is not there asks: counted once after each change.
    private bool? _hasCut;

    /// <summary>Files that the manifest has and the folder has not.</summary>
    public IReadOnlyList<string> Missed
    {
        get
        {
            lock (_gate)
            {
                return [.. _missed];
            }
        }
    }

    public bool HasMissed
    {
        get
        {
            lock (_gate)
            {
                return _missed.Count > 0;
            }
        }
    }

    /// <summary>True if a segment was sealed after an unclean stop, so that a member that is not found may have been at its end.</summary>
    public bool HasCut
    {
        get
        {
            lock (_gate)
            {
                return _hasCut ??= _lines.Values.Any(static line => line.Word == SealStatus.Cut);
            }
        }
    }

    public bool IsDamaged { get; private set; }

    public void Load()
    {
        (Dictionary<string, ManifestLine> lines, IsDamaged) = Read(disk, folder);
        lock (_gate)
        {
            foreach ((string name, ManifestLine line) in lines)
            {
                _lines[name] = line;
            }

            _isSaved = lines.Count > 0 && !IsDamaged;
            _hasCut = null;
        }
    }

    /// <summary>Returns the line of a file; null if it is not listed.</summary>
    public ManifestLine? Find(string name)
    {
        lock (_gate)
        {
            return _lines.TryGetValue(name, out ManifestLine line) ? line : null;
        }
    }

    /// <summary>Notes what a file contains, or that it is there; written with <see cref="Save"/>.</summary>
    public void Set(string name, ManifestLine line)
    {
        lock (_gate)
        {
            _isSaved &= _lines.TryGetValue(name, out ManifestLine old) && old == line;
            _lines[name] = line;
            _hasCut = null;
        }
    }

    /// <summary>Compares the list with the files that were found and could be read.</summary>
    public void Compare(IEnumerable<string> present)
    {
        lock (_gate)
        {
            _missed.Clear();
            _missed.UnionWith(_lines.Keys);
            _missed.ExceptWith(present);
        }
    }

    /// <summary>Adds a file that holds something now.</summary>
    public void Add(string name)
    {
        Set(name, default);
        Save();
    }

    /// <summary>Writes pending changes. A full or broken disk must not stop the caller: the next segment tries again.</summary>
    public void Save()
    {
        lock (_gate)
        {
            if (_isSaved)
            {
                return;
            }

            try
            {
                Write();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Noted still, so that it is written the next time.
            }
        }
    }

    /// <summary>
    /// Removes files that are about to go. Durable on return; an <see cref="IOException"/> when it cannot be: then they must stay.
    /// </summary>
    public void Remove(IReadOnlyCollection<string> names)
    {
        lock (_gate)
        {
            var removed = new Dictionary<string, ManifestLine>(StringComparer.Ordinal);
            foreach (string name in names)
            {
                if (_lines.Remove(name, out ManifestLine line))
                {
                    removed.Add(name, line);
                }
            }

            try
            {
                Write();
                _hasCut = null;
            }
            catch
            {
                foreach ((string name, ManifestLine line) in removed)
                {
                    _lines[name] = line;
                }

                throw;
            }
        }
    }

    /// <summary>The manifest of a folder, nothing when there is none; and whether a line is damaged.</summary>
    public static (Dictionary<string, ManifestLine> Lines, bool IsDamaged) Read(IDisk disk, string folder)
    {
        string path = Path.Combine(folder, FileName);
        var lines = new Dictionary<string, ManifestLine>(StringComparer.Ordinal);
        bool isDamaged = false;
        if (disk.FileExists(path))
        {
            string text = Encoding.Latin1.GetString(disk.ReadAllBytes(path, MaxFileBytes));
            foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                bool isGood = ManifestLine.TryParse(line, out string name, out ManifestLine parsed);
                isDamaged |= !isGood;
                if (isGood)
                {
                    lines[name] = parsed;
                }
            }

            isDamaged |= text.Length > 0 && !text.EndsWith('\n');
        }

        return (lines, isDamaged);
    }

    private void Write()
    {
        string text = string.Concat(_lines.Select(static line => line.Value.ToText(line.Key) + "\n"));
        AtomicFile.Replace(disk, Path.Combine(folder, FileName), Encoding.ASCII.GetBytes(text));
        _isSaved = true;
    }
}

/// <param name="Seal">Its seal; null if it is not sealed, or has none recorded.</param>
internal readonly record struct ManifestLine(SegmentSeal? Seal, SealStatus Word = SealStatus.Certain)
{
    private const string Check = " crc=";

    private static readonly string[] Words = ["", "found", "cut", "damaged"];

    public string ToText(string name)
    {
        string text = (Seal?.ToText() ?? name) + (Word == SealStatus.Certain ? "" : " " + Words[(int)Word]);
        return string.Create(CultureInfo.InvariantCulture, $"{text}{Check}{Checksum.Crc32C(Encoding.ASCII.GetBytes(text)):x8}");
    }

    /// <summary>Reads a line; until format 2 of data folders it was the name alone.</summary>
    public static bool TryParse(string line, out string name, out ManifestLine parsed)
    {
        int check = line.LastIndexOf(Check, StringComparison.Ordinal);
        string text = check < 0 ? line : line[..check];
        var word = (SealStatus)Math.Max(0, Array.IndexOf(Words, text[(text.LastIndexOf(' ') + 1)..]));
        bool isSealed = SegmentSeal.TryParse(word == SealStatus.Certain ? text : text[..text.LastIndexOf(' ')], out SegmentSeal seal);
        (name, parsed) = isSealed ? (seal.Name, new ManifestLine(seal, word)) : (text, default);
        return SegmentName.TryParse(name, out _, out _) && (check < 0 ? !isSealed : parsed.ToText(name) == line);
    }
}

internal enum SealStatus
{
    /// <summary>It was noted when the segment was sealed.</summary>
    Certain,

    /// <summary>It was sealed by a program that recorded no seal, so that earlier losses cannot be detected.</summary>
    Found,

    /// <summary>
    /// It was open when the server was last stopped, not in order, and sealed after that up to its last whole group: which a torn end and
    /// a lost one both look like.
    /// </summary>
    Cut,

    /// <summary>It was sealed again after damage, without the lost members.</summary>
    Damaged,
}
