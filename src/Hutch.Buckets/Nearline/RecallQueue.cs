using System.Text;
using System.Text.Json;

namespace Hutch.Buckets.Nearline;

/// <summary>
/// The wanted recalls and the times for which segments stay on the local disk: <c>bucket/recalls.txt</c>. A change is durable when its
/// method returns. Not thread-safe.
/// </summary>
internal sealed class RecallQueue
{
    private const string FileName = "recalls.txt";
    private const int MaxBytes = 64 << 20;

    private readonly IDisk _disk;
    private readonly string _path;
    private readonly Dictionary<string, RecallLine> _lines = new(StringComparer.Ordinal);

    public RecallQueue(IDisk disk, string dataFolder)
    {
        _disk = disk;
        _path = Path.Combine(dataFolder, FolderRecord.FolderName, FileName);
        if (!disk.FileExists(_path))
        {
            return;
        }

        // A damaged line is a recall that a reader asks for again.
        string all = Encoding.UTF8.GetString(disk.ReadAllBytes(_path, MaxBytes));
        foreach (string text in all.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (CheckedLine.IsWhole(Encoding.UTF8.GetBytes(text))
                && JsonSerializer.Deserialize(text, FolderJson.Default.RecallLine) is { } line)
            {
                _lines[line.Segment] = line;
            }
        }
    }

    public IEnumerable<RecallLine> Queued => _lines.Values.Where(static line => line.IsQueued);

    public int Count => Queued.Count();

    public RecallLine? Find(string segment) => _lines.GetValueOrDefault(segment);

    /// <summary>Adds, replaces and removes lines.</summary>
    public void Change(IEnumerable<RecallLine> lines, IEnumerable<string> removed)
    {
        foreach (RecallLine line in lines)
        {
            _lines[line.Segment] = line;
        }

        foreach (string segment in removed)
        {
            _lines.Remove(segment);
        }

        var text = new StringBuilder();
        foreach (RecallLine line in _lines.Values)
        {
            text.Append(CheckedLine.Seal(JsonSerializer.Serialize(line, FolderJson.Default.RecallLine))).Append('\n');
        }

        AtomicFile.Replace(_disk, _path, Encoding.UTF8.GetBytes(text.ToString()));
    }
}

/// <param name="Until">The time until which it stays on the local disk; null for the usual time after its recall.</param>
/// <param name="IsQueued">True until its recall has ended.</param>
/// <param name="User">The account that asked first; null for the server itself.</param>
internal sealed record RecallLine(string Segment, DateTimeOffset? Until, bool IsQueued, string? User = null);
