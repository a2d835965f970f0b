using System.Globalization;
using System.Text;
using System.Text.Json;
using Hutch.Disk;

namespace Hutch.Storage.Segments;

/// <summary>
/// Members whose bytes are not what was written, by place. Kept in <c>quarantine.jsonl</c> beside the segments, so that what was once found
/// is not served after a restart either; a place leaves the list with its segment. The list is a hint, not the truth: if it is lost, checked
/// reads and scrubbing find the damage again.
/// </summary>
internal sealed class Quarantine(IDisk disk, string folder, StorageMeter meter)
{
    public const string FileName = "quarantine.jsonl";

    private const int MaxFileBytes = 64 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<(long Segment, long Offset), QuarantinedMember> _members = [];
    private volatile int _count;

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

    public int Count => _count;

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

    /// <summary>Whether any copy of a member is here.</summary>
    public bool Contains(MemberKey key)
    {
        if (_count == 0)
        {
            return false;
        }

        string name = key.ToString();
        lock (_gate)
        {
            return _members.Values.Any(member => member.Name == name);
        }
    }

    /// <summary>Adds members; they count at once, and after a restart when the list could be written.</summary>
    public void Add(IEnumerable<QuarantinedMember> members)
    {
        lock (_gate)
        {
            int before = _members.Count;
            foreach (QuarantinedMember member in members)
            {
                _members.TryAdd((member.Segment, member.Offset), member);
            }

            _count = _members.Count;
            if (_count != before)
            {
                meter.Quarantined(_count - before);
                Save();
            }
        }
    }

    /// <summary>Forgets the members of segments that are gone.</summary>
    public void Forget(Func<long, bool> isGone)
    {
        lock (_gate)
        {
            List<(long Segment, long Offset)> gone = [.. _members.Keys.Where(place => isGone(place.Segment))];
            gone.ForEach(place => _members.Remove(place));
            _count = _members.Count;
            if (gone.Count > 0)
            {
                Save();
            }
        }
    }

    public void Load()
    {
        string path = Path.Combine(folder, FileName);
        if (!disk.FileExists(path))
        {
            return;
        }

        lock (_gate)
        {
            foreach (string line in Encoding.UTF8.GetString(disk.ReadAllBytes(path, MaxFileBytes)).Split('\n'))
            {
                if (TryParse(line) is { } member)
                {
                    _members[(member.Segment, member.Offset)] = member;
                }
            }

            _count = _members.Count;
        }
    }

    private static QuarantinedMember? TryParse(string line)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            return new QuarantinedMember(
                root.GetProperty("segment").GetInt64(), root.GetProperty("offset").GetInt64(), root.GetProperty("length").GetInt64(), root.GetProperty("member").GetString()!);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null; // a hint that cannot be read is no hint
        }
    }

    private void Save()
    {
        var text = new StringBuilder();
        foreach (QuarantinedMember m in _members.Values)
        {
            text.Append(CultureInfo.InvariantCulture, $"{{\"segment\":{m.Segment},\"offset\":{m.Offset},\"length\":{m.Length},\"member\":\"{m.Name}\"}}\n");
        }

        try
        {
            AtomicFile.Replace(disk, Path.Combine(folder, FileName), Encoding.UTF8.GetBytes(text.ToString()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full or broken disk must not stop reads; the members stay in quarantine in memory and are found again after a restart.
        }
    }
}
