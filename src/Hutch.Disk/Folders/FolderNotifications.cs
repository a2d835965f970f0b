using System.Buffers.Binary;
using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk.Folders;

/// <summary>
/// Reports changes in many folders through one inotify instance (inotify(7)): names that come and go, and files that are written. Only for
/// local file systems, and not for subfolders of a watched folder.
/// </summary>
/// <remarks>
/// Each <see cref="FileSystemWatcher"/> takes an instance, and makes strings of every event. A user has 128 instances by default. Here one
/// thread reads, and keeps the set of changed folders: memory is bounded by the number of watches, not of events.
/// </remarks>
[SupportedOSPlatform("linux")]
public sealed class FolderNotifications : IDisposable
{
    private const int BufferBytes = 64 * 1024;
    private const int HeaderBytes = 16;
    private const int CloseOnExec = 0x80000; // IN_CLOEXEC

    // IN_MODIFY, IN_ATTRIB, IN_CLOSE_WRITE, IN_MOVED_FROM, IN_MOVED_TO, IN_CREATE, IN_DELETE, IN_DELETE_SELF, IN_MOVE_SELF.
    private const uint Changes = 0x2 | 0x4 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800;
    private const uint MovedItself = 0x800;
    private const uint Overflow = 0x4000; // IN_Q_OVERFLOW
    private const uint Ignored = 0x8000; // IN_IGNORED
    private const uint OnlyFolders = 0x01000000; // IN_ONLYDIR
    private const uint NoFollow = 0x02000000; // IN_DONT_FOLLOW

    private readonly SafeFileHandle _handle;
    private readonly Thread _thread;
    private readonly int _ending;
    private readonly Lock _lock = new();
    private readonly WakeSignal _signal = new();

    private HashSet<int> _changed = [];
    private bool _hasLost;
    private int _isDisposed;

    private FolderNotifications(SafeFileHandle handle)
    {
        _handle = handle;

        // A read that waits is ended by taking away a watch on which nothing ever happens: its end is an event.
        _ending = LibC.AddWatch(handle, "/", MovedItself | OnlyFolders);
        NativeFailure.Check(_ending, "watch", "/");
        _thread = new Thread(Run) { IsBackground = true, Name = "folder notifications" };
        _thread.Start();
    }

    /// <exception cref="IOException">The user has as many as the kernel allows (<c>fs.inotify.max_user_instances</c>).</exception>
    public static FolderNotifications Open()
    {
        int descriptor = LibC.OpenNotifications(CloseOnExec);
        if (descriptor < 0)
        {
            throw NativeFailure.Last("be notified of changes in folders");
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            return new FolderNotifications(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Begins to watch a folder. The same folder again gives the same watch.</summary>
    /// <param name="path">Absolute path; the last name is not followed when it is a link.</param>
    /// <param name="watch">What names the folder in <see cref="WaitAsync"/>.</param>
    public WatchOutcome TryWatch(string path, out int watch)
    {
        watch = LibC.AddWatch(_handle, path, Changes | OnlyFolders | NoFollow);
        return watch >= 0 ? WatchOutcome.Watched
            : NativeFailure.Number == ErrorNumber.NoSpace ? WatchOutcome.LimitReached
            : WatchOutcome.NotThere;
    }

    /// <summary>Ends a watch. Does nothing if it has ended because the folder was removed.</summary>
    public void Unwatch(int watch) => _ = LibC.RemoveWatch(_handle, watch);

    /// <summary>Waits until something has changed since the last call, and says where.</summary>
    public async Task<FolderSignals> WaitAsync(CancellationToken cancellationToken)
    {
        await _signal.WaitAsync(cancellationToken);
        lock (_lock)
        {
            var signals = new FolderSignals(_changed, _hasLost);
            _changed = [];
            _hasLost = false;
            return signals;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            Unwatch(_ending);
            _thread.Join();
            _handle.Dispose();
        }
    }

    private void Run()
    {
        byte[] buffer = new byte[BufferBytes];
        while (Read(buffer) is var events && Take(buffer.AsSpan(0, Math.Max(events, 0)), isLost: events < 0))
        {
            _signal.Wake();
        }

        _signal.Wake();
    }

    /// <summary>Bytes of events; -1 when they cannot be read.</summary>
    private int Read(byte[] buffer)
    {
        try
        {
            return RandomAccess.Read(_handle, buffer, 0);
        }
        catch (IOException)
        {
            return -1;
        }
    }

    // struct inotify_event { int wd; u32 mask; u32 cookie; u32 len; char name[len]; }
    private bool Take(ReadOnlySpan<byte> events, bool isLost)
    {
        bool goesOn = !events.IsEmpty;
        lock (_lock)
        {
            _hasLost |= isLost;
            while (!events.IsEmpty)
            {
                int watch = BinaryPrimitives.ReadInt32LittleEndian(events);
                uint mask = BinaryPrimitives.ReadUInt32LittleEndian(events[4..]);
                int nameBytes = BinaryPrimitives.ReadInt32LittleEndian(events[12..]);
                events = events[(HeaderBytes + nameBytes)..];
                if (watch == _ending)
                {
                    goesOn &= (mask & Ignored) == 0;
                }
                else if ((mask & Overflow) != 0)
                {
                    // The lost events may include the one that ends the reading.
                    _hasLost = true;
                    goesOn &= Volatile.Read(ref _isDisposed) == 0;
                }
                else
                {
                    _changed.Add(watch);
                }
            }
        }

        return goesOn;
    }
}

/// <param name="Watches">The watches of the folders, including those whose folder was removed.</param>
/// <param name="HasLost">True if the kernel dropped events: then any folder may have changed.</param>
public readonly record struct FolderSignals(IReadOnlyCollection<int> Watches, bool HasLost);

public enum WatchOutcome
{
    Watched,

    /// <summary>There is no such folder, or it may not be read.</summary>
    NotThere,

    /// <summary>The user has as many watches as the kernel allows (<c>fs.inotify.max_user_watches</c>).</summary>
    LimitReached,
}
