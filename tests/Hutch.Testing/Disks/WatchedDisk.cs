using System.Diagnostics.Metrics;
using Hutch.Disk;
using Hutch.Disk.Faults;

namespace Hutch.Testing.Disks;

/// <summary>The real disk, which counts how large bodies are written and read: directly or through the page cache.</summary>
public sealed class WatchedDisk : WrappedDisk, IDisposable
{
    private const int LargeBytes = 128 << 10;

    [ThreadStatic]
    private static WatchedDisk? _underWay;

    private readonly MeterListener _listener = new();
    private long _large;
    private long _direct;
    private long _cached;
    private long _directReads;

    /// <summary>Watches all files that are opened through it.</summary>
    public WatchedDisk()
        : base(LocalDisk.Instance)
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Name is "hutch.disk.direct" or "hutch.disk.direct.reads")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, bytes, tags, _) =>
        {
            // The disk counts on the thread of the call; other tests use disks at the same time.
            if (_underWay == this)
            {
                ref long written = ref tags is [{ Value: "pageCache" }] ? ref _cached : ref _direct;
                Interlocked.Add(ref tags.IsEmpty ? ref _directReads : ref written, bytes);
            }
        });
        _listener.Start();
    }

    /// <summary>Bytes that were read past the page cache.</summary>
    public long DirectReadBytes => Interlocked.Read(ref _directReads);

    /// <summary>
    /// The bytes since the last call: of bodies of 128 KiB and more, however they were written; of direct writes, with headers and ends; of
    /// large writes that went through the page cache all the same.
    /// </summary>
    public (long Large, long Direct, long Cached) TakeWritten() =>
        (Interlocked.Exchange(ref _large, 0), Interlocked.Exchange(ref _direct, 0), Interlocked.Exchange(ref _cached, 0));

    /// <inheritdoc />
    public override IDiskFile Open(string path, DiskAccess access) => new WatchedFile(this, base.Open(path, access));

    /// <inheritdoc />
    public void Dispose() => _listener.Dispose();

    private void CountLarge(IReadOnlyList<ReadOnlyMemory<byte>> sources) => Interlocked.Add(
        ref _large, sources.Where(static source => source.Length >= LargeBytes - 512).Sum(static source => (long)source.Length));

    private sealed class WatchedFile : WrappedFile, IDiskFile
    {
        private readonly WatchedDisk _disk;
        private readonly IDiskFile _file;

        public WatchedFile(WatchedDisk disk, IDiskFile file)
            : base(file) => (_disk, _file) = (disk, file);

        public override void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset)
        {
            _disk.CountLarge(sources);
            base.Write(sources, offset);
        }

        void IDiskFile.WriteInPassing(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset)
        {
            _disk.CountLarge(sources);
            _underWay = _disk;
            _file.WriteInPassing(sources, offset);
            _underWay = null;
        }

        int IDiskFile.ReadInPassing(Span<byte> destination, long offset)
        {
            _underWay = _disk;
            int read = _file.ReadInPassing(destination, offset);
            _underWay = null;
            return read;
        }
    }
}
