using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Hutch.Site.Write.Pushes;

/// <summary>Sorts any number of changes by path, in merged runs of a file: the work grows with their number, the memory does not.</summary>
/// <param name="newFile">Makes the private file, which need not survive a stop (<see cref="ScratchFile"/>).</param>
/// <remarks>For one thread.</remarks>
internal sealed class ChangeSorter(Func<IDiskFile> newFile, int runChanges = ChangeSorter.RunChanges) : IDisposable
{
    /// <summary>Changes in one run, usually: so many are in memory.</summary>
    public const int RunChanges = 65_536;

    private const int WriteBytes = 1 << 20;
    private const int Removed = -1;

    private readonly List<TreeChange> _waiting = [];
    private readonly List<(long Start, long End)> _runs = [];
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private IDiskFile? _file;
    private long _length;

    /// <exception cref="DiskFullException">There is no room for them.</exception>
    public void Add(IReadOnlyList<TreeChange> changes)
    {
        _waiting.AddRange(changes);
        if (_waiting.Count >= runChanges)
        {
            WriteRun();
        }
    }

    /// <summary>
    /// The removals, or the puts, in the order of their paths, a portion at a time. A path that was changed twice is the last thing that is
    /// given out, as a refusal.
    /// </summary>
    public IEnumerable<Result<IReadOnlyList<TreeChange>>> Read(bool removals, int portionChanges)
    {
        WriteRun();
        var portion = new List<TreeChange>();
        DatasetPath? before = null;
        foreach (TreeChange change in Merge())
        {
            if (change.Path == before)
            {
                yield return ErrorCode.InvalidBody.With($"{Display.Quote(change.Path.Value)} is changed twice. Send one change per path.");
                yield break;
            }

            before = change.Path;
            if (change.Entry is null != removals)
            {
                continue;
            }

            portion.Add(change);
            if (portion.Count == portionChanges)
            {
                yield return portion;
                portion = [];
            }
        }

        if (portion.Count > 0)
        {
            yield return portion;
        }
    }

    public void Dispose() => _file?.Dispose();

    private void WriteRun()
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        _file ??= newFile();
        long start = _length;
        _waiting.Sort(static (left, right) => left.Path.CompareTo(right.Path));
        foreach (TreeChange change in _waiting)
        {
            Append(change);
        }

        Flush();
        _waiting.Clear();
        _runs.Add((start, _length));
    }

    // Two lengths, then the path and the entry as in a page.
    private void Append(TreeChange change)
    {
        byte[] path = Encoding.UTF8.GetBytes(change.Path.Value);
        byte[] entry = change.Entry is null ? [] : EntryJson.ToUtf8(change.Entry);
        Span<byte> lengths = _buffer.GetSpan(2 * sizeof(int));
        BinaryPrimitives.WriteInt32LittleEndian(lengths, path.Length);
        BinaryPrimitives.WriteInt32LittleEndian(lengths[sizeof(int)..], change.Entry is null ? Removed : entry.Length);
        _buffer.Advance(2 * sizeof(int));
        _buffer.Write(path);
        _buffer.Write(entry);
        if (_buffer.WrittenCount >= WriteBytes)
        {
            Flush();
        }
    }

    private void Flush()
    {
        _file!.Write(_buffer.WrittenSpan, _length);
        _length += _buffer.WrittenCount;
        _buffer.ResetWrittenCount();
    }

    private IEnumerable<TreeChange> Merge()
    {
        var runs = new PriorityQueue<Run, DatasetPath>();
        foreach ((long start, long end) in _runs)
        {
            Next(runs, new Run(_file!, start, end));
        }

        while (runs.TryDequeue(out Run? first, out _))
        {
            yield return first.Change;
            Next(runs, first);
        }
    }

    private static void Next(PriorityQueue<Run, DatasetPath> runs, Run run)
    {
        if (run.TryRead())
        {
            runs.Enqueue(run, run.Change.Path);
        }
    }

    /// <summary>One sorted run, read through a window.</summary>
    private sealed class Run(IDiskFile file, long start, long end)
    {
        private const int WindowBytes = 64 << 10;

        private byte[] _window = [];
        private int _at;
        private int _filled;
        private long _next = start;

        public TreeChange Change { get; private set; }

        public bool TryRead()
        {
            if (_at == _filled && _next == end)
            {
                return false;
            }

            ReadOnlySpan<byte> lengths = Take(2 * sizeof(int));
            int path = BinaryPrimitives.ReadInt32LittleEndian(lengths);
            int entry = BinaryPrimitives.ReadInt32LittleEndian(lengths[sizeof(int)..]);
            DatasetPath read = DatasetPath.Parse(Encoding.UTF8.GetString(Take(path))).Value;
            Change = new TreeChange(read, entry == Removed ? null : EntryJson.Parse(Take(entry)).Value);
            return true;
        }

        private ReadOnlySpan<byte> Take(int bytes)
        {
            if (_filled - _at < bytes)
            {
                Refill(bytes);
            }

            _at += bytes;
            return _window.AsSpan(_at - bytes, bytes);
        }

        private void Refill(int bytes)
        {
            int left = _filled - _at;
            byte[] window = _window.Length >= Math.Max(bytes, WindowBytes) ? _window : new byte[Math.Max(bytes, WindowBytes)];
            _window.AsSpan(_at, left).CopyTo(window);
            int wanted = (int)Math.Min(window.Length - left, end - _next);
            int read = file.ReadFully(window.AsSpan(left, wanted), _next);
            if (left + read < bytes)
            {
                throw new EndOfStreamException("The file of a commit's changes ends in the middle of a change.");
            }

            (_window, _at, _filled, _next) = (window, 0, left + read, _next + read);
        }
    }
}
