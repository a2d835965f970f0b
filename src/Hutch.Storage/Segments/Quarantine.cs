using System.Text.Json;

namespace Hutch.Storage.Segments;

/// <summary>
/// Damaged members, by location. Kept in <c>quarantine.jsonl</c> next to the segments, so that known damage is not served after a restart
/// either; an entry leaves the list with its segment. The list is a hint, not the truth: if it is lost, checked reads and scrubbing find
/// the damage again. Each line has a checksum, so that a damaged line names no intact member.
/// </summary>
internal sealed class Quarantine(IDisk disk, string folder, StorageMeter meter)
{
    public const string FileName = "quarantine.jsonl";

    private const int MaxFileBytes = 64 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<(long Segment, long Offset), QuarantinedMember> _members = [];
    private readonly Dictionary<string, int> _copies = new(StringComparer.Ordinal);
    private readonly Dictionary<long, IReadOnlyList<DamagedRange>> _marks = [];
    private long _fileBytes;
    private bool _isWhole;
    private volatile int _count;
    private volatile bool _hasMarks;

    public IReadOnlyList<QuarantinedMember> Members
    {
        get
        {
            lock (_gate)
            {
                return [.. _members.Values.OrderBy(static m => m.Segment).ThenBy(static m => m.Offset)];
            }
        }
    }

    /// <summary>Damage found by scrubbing that costs no member by its own: headers, indexes.</summary>
    public IReadOnlyList<DamagedRange> Marks
    {
        get
        {
            lock (_gate)
            {
                return [.. _marks.OrderBy(static mark => mark.Key).SelectMany(static mark => mark.Value)];
            }
        }
    }

    public int Count => _count;

    public bool HasMarks => _hasMarks;

    public bool Contains(long segment, long bodyOffset)
    {
        if (_count == 0)
        {
            return false;
        }

        lock (_gate)
        {
            return _members.ContainsKey((segment, bodyOffset));
        }
    }

    public bool Contains(MemberKey key)
    {
        if (_count == 0)
        {
            return false;
        }

        string name = key.ToString();
        lock (_gate)
        {
            return _copies.ContainsKey(name);
        }
    }

    /// <summary>Adds members; they count at once, and after a restart when the list could be written.</summary>
    public void Add(IEnumerable<QuarantinedMember> members)
    {
        lock (_gate)
        {
            List<QuarantinedMember> added = [.. members.Where(TryAdd)];
            if (added.Count > 0)
            {
                meter.Quarantined(added.Count);
                TryWrite(added);
            }
        }
    }

    public void Mark(long segment, IReadOnlyList<DamagedRange> marks)
    {
        lock (_gate)
        {
            if (marks.SequenceEqual(_marks.GetValueOrDefault(segment, [])))
            {
                return;
            }

            _marks[segment] = marks;
            if (marks.Count == 0)
            {
                _marks.Remove(segment);
            }

            _hasMarks = _marks.Count > 0;
            _isWhole = false;
            TryWrite([]);
        }
    }

    public void Forget(Func<long, bool> isGone)
    {
        lock (_gate)
        {
            List<QuarantinedMember> gone = [.. _members.Values.Where(member => isGone(member.Segment))];
            List<long> unmarked = [.. _marks.Keys.Where(isGone)];
            gone.ForEach(Remove);
            unmarked.ForEach(segment => _marks.Remove(segment));
            _hasMarks = _marks.Count > 0;
            if (gone.Count + unmarked.Count > 0)
            {
                _isWhole = false;
                TryWrite([]);
            }
        }
    }

    /// <summary>Reads the list as far as it may be long.</summary>
    public void Load()
    {
        string path = Path.Combine(folder, FileName);
        if (!disk.FileExists(path))
        {
            return;
        }

        lock (_gate)
        {
            using IDiskFile file = disk.Open(path, DiskAccess.Read);
            var text = new byte[Math.Min(file.Length, MaxFileBytes)];
            int read = file.ReadFully(text, 0);
            bool isGood = true;
            foreach (Range line in text.AsSpan(0, read).Split((byte)'\n'))
            {
                switch (TryParse(text.AsMemory(line)))
                {
                    case QuarantinedMember member:
                        TryAdd(member);
                        break;
                    case DamagedRange mark:
                        _marks[mark.Segment] = [.. _marks.GetValueOrDefault(mark.Segment, []), mark];
                        _hasMarks = true;
                        break;
                    default:
                        isGood &= line.Start.Value == line.End.Value;
                        break;
                }
            }

            // A line that was cut must not swallow the next one, and a damaged one not stay: then the list is written anew.
            (_fileBytes, _isWhole) = (read, isGood && read > 0 && text[read - 1] == '\n');
        }
    }

    private bool TryAdd(QuarantinedMember member)
    {
        if (!_members.TryAdd((member.Segment, member.Offset), member))
        {
            return false;
        }

        _copies[member.Name] = _copies.GetValueOrDefault(member.Name) + 1;
        _count = _members.Count;
        return true;
    }

    private void Remove(QuarantinedMember member)
    {
        _members.Remove((member.Segment, member.Offset));
        if (--_copies[member.Name] == 0)
        {
            _copies.Remove(member.Name);
        }

        _count = _members.Count;
    }

    private static object? TryParse(ReadOnlyMemory<byte> line)
    {
        if (!CheckedLine.IsWhole(line.Span))
        {
            return null;
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            long segment = root.GetProperty("segment").GetInt64();
            long offset = root.GetProperty("offset").GetInt64();
            long length = root.GetProperty("length").GetInt64();
            return root.TryGetProperty("damage", out JsonElement damage)
                ? new DamagedRange(segment, offset, length, damage.GetString()!)
                : new QuarantinedMember(segment, offset, length, root.GetProperty("member").GetString()!);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null; // a hint that cannot be read is no hint
        }
    }

    /// <summary>
    /// Appends new members to the list, or rewrites a damaged list. Members that do not fit are found again by their readers.
    /// </summary>
    private void TryWrite(List<QuarantinedMember> added)
    {
        try
        {
            if (_isWhole)
            {
                Append(Lines(added));
            }
            else
            {
                byte[] all = [.. Lines(_members.Values), .. MarkLines()];
                AtomicFile.Replace(disk, Path.Combine(folder, FileName), all.AsSpan(0, Math.Min(all.Length, MaxFileBytes)));
                (_fileBytes, _isWhole) = (all.Length, true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full or broken disk must not stop reads; the members stay in quarantine in memory and are found again after a restart.
            _isWhole = false;
        }
    }

    private void Append(byte[] lines)
    {
        if (_fileBytes + lines.Length > MaxFileBytes)
        {
            return;
        }

        using IDiskFile file = disk.Open(Path.Combine(folder, FileName), DiskAccess.ReadWrite);
        file.Write(lines, _fileBytes);
        file.Sync();
        _fileBytes += lines.Length;
    }

    private byte[] MarkLines() => Encoding.UTF8.GetBytes(string.Concat(_marks.Values.SelectMany(static marks => marks).Select(
        static mark => Line(mark.Segment, mark.Offset, mark.Length, "damage", mark.What))));

    private static byte[] Lines(IEnumerable<QuarantinedMember> members) => Encoding.UTF8.GetBytes(
        string.Concat(members.Select(static member => Line(member.Segment, member.Offset, member.Length, "member", member.Name))));

    private static string Line(long segment, long offset, long length, string what, string text) => CheckedLine.Seal(string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"segment\":{segment},\"offset\":{offset},\"length\":{length},\"{what}\":\"{JsonEncodedText.Encode(text)}\"}}")) + "\n";
}
