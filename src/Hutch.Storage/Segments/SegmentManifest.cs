using System.Text;
using Hutch.Disk;

namespace Hutch.Storage.Segments;

/// <summary>
/// The names of the segment files that belong to the store, in <c>segments.txt</c> beside them: so that a file that somebody or a broken
/// disk took away is missed. The files themselves are the truth; a manifest that is lost is written anew, and then nothing is missed.
/// </summary>
/// <remarks>
/// A name is added after the file holds something, and removed before the file goes, so that a stop between the two never makes a file
/// missed that was meant to go. Safe for use from many threads.
/// </remarks>
internal sealed class SegmentManifest(IDisk disk, string folder)
{
    public const string FileName = "segments.txt";

    private const int MaxFileBytes = 64 << 20;

    private readonly Lock _gate = new();
    private SortedSet<string> _names = new(StringComparer.Ordinal);
    private SortedSet<string> _missed = new(StringComparer.Ordinal);

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

    /// <summary>Compares the manifest with what was found at opening, and writes it anew when they differ.</summary>
    public void Compare(IEnumerable<string> present)
    {
        lock (_gate)
        {
            SortedSet<string> known = Read(disk, folder);
            _names = new SortedSet<string>(present, StringComparer.Ordinal);
            _missed = new SortedSet<string>(known, StringComparer.Ordinal);
            _missed.ExceptWith(_names);
            if (!known.SetEquals(_names.Concat(_missed)))
            {
                TrySave();
            }
        }
    }

    /// <summary>Adds a file that holds something now.</summary>
    public void Add(string name)
    {
        lock (_gate)
        {
            _names.Add(name);
            TrySave();
        }
    }

    /// <summary>
    /// Removes files that are about to go. Durable on return; an <see cref="IOException"/> when it cannot be: then they must stay.
    /// </summary>
    public void Remove(IReadOnlyCollection<string> names)
    {
        lock (_gate)
        {
            _names.ExceptWith(names);
            try
            {
                Save();
            }
            catch
            {
                _names.UnionWith(names);
                throw;
            }
        }
    }

    /// <summary>The names in the manifest of a folder; none when there is no manifest.</summary>
    public static SortedSet<string> Read(IDisk disk, string folder)
    {
        string path = Path.Combine(folder, FileName);
        var names = new SortedSet<string>(StringComparer.Ordinal);
        if (disk.FileExists(path))
        {
            string text = Encoding.UTF8.GetString(disk.ReadAllBytes(path, MaxFileBytes));
            names.UnionWith(text.Split('\n').Where(static line => SegmentName.TryParse(line, out _, out _)));
        }

        return names;
    }

    private void TrySave()
    {
        try
        {
            Save();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full or broken disk must not stop anything here: the manifest is written again with the next segment.
        }
    }

    private void Save()
    {
        string lines = string.Concat(_names.Union(_missed).Select(static name => name + "\n"));
        AtomicFile.Replace(disk, Path.Combine(folder, FileName), Encoding.UTF8.GetBytes(lines));
    }
}
