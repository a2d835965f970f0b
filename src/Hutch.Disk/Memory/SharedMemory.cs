using System.IO.MemoryMappedFiles;
using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk.Memory;

/// <summary>
/// Memory that this process writes and children read: a file without a name (memfd_create(2)), whose descriptor a child inherits. It is
/// sealed: its size is fixed, and a child can only map it for reading.
/// </summary>
/// <remarks>Thread-safe, apart from its bytes.</remarks>
[SupportedOSPlatform("linux")]
public sealed unsafe class SharedMemory : IDisposable
{
    /// <summary>One child starts at a time, so that it inherits only the memory that is its own.</summary>
    private static readonly Lock Starting = new();

    private readonly SafeFileHandle _file;
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _first;

    private SharedMemory(SafeFileHandle file, long bytes)
    {
        _file = file;
        Bytes = bytes;
        _mapping = MemoryMappedFile.CreateFromFile(
            file, null, bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _mapping.CreateViewAccessor(0, bytes);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _first);
    }

    public long Bytes { get; }

    /// <summary>The number of the descriptor in a child that <see cref="Start"/> starts.</summary>
    public int Descriptor => (int)_file.DangerousGetHandle();

    /// <param name="name">A name for people who look at the open files of a process.</param>
    /// <exception cref="IOException">There is too little memory, or there are too many open files.</exception>
    public static SharedMemory Create(string name, long bytes)
    {
        int made = LibC.CreateInMemory(name, LibC.MemoryCloseOnExec | LibC.MemorySealable);
        NativeFailure.Check(made, "share memory with a process");
        var file = new SafeFileHandle(made, ownsHandle: true);
        try
        {
            RandomAccess.SetLength(file, bytes);
            var memory = new SharedMemory(file, bytes);
            NativeFailure.Check(LibC.DescriptorControl(file, LibC.AddSeals, LibC.SealFutureWrites), "seal shared memory");
            NativeFailure.Check(LibC.DescriptorControl(file, LibC.AddSeals, LibC.SealSize), "seal shared memory");
            return memory;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The bytes of a part. Not to be used after the end.</summary>
    public Span<byte> Slice(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_file.IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + length, Bytes);
        return new Span<byte>(_first + offset, length);
    }

    /// <summary>Starts a child that inherits the descriptor; children that are started elsewhere do not.</summary>
    public T Start<T>(Func<T> start)
    {
        lock (Starting)
        {
            NativeFailure.Check(LibC.DescriptorControl(_file, LibC.SetDescriptorFlags, 0), "pass memory to a process");
            try
            {
                return start();
            }
            finally
            {
                NativeFailure.Check(
                    LibC.DescriptorControl(_file, LibC.SetDescriptorFlags, LibC.DescriptorCloseOnExec), "keep memory from processes");
            }
        }
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _mapping.Dispose();
        _file.Dispose();
    }
}
