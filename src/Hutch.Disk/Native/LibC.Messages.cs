namespace Hutch.Disk.Native;

/// <summary>Calls for devices and sockets that carry whole messages.</summary>
internal static partial class LibC
{
    /// <summary>AF_UNIX.</summary>
    public const int LocalSocket = 1;

    /// <summary>SOCK_STREAM.</summary>
    public const int Stream = 1;

    /// <summary>SOL_SOCKET, on x64 and arm64.</summary>
    public const int SocketLevel = 1;

    /// <summary>SCM_RIGHTS.</summary>
    public const int Descriptors = 1;

    /// <summary>MSG_CMSG_CLOEXEC.</summary>
    public const int CloseReceivedOnExec = 0x40000000;

    /// <summary>F_SETFD.</summary>
    public const int SetDescriptorFlags = 2;

    /// <summary>FD_CLOEXEC.</summary>
    public const int DescriptorCloseOnExec = 1;

    [LibraryImport(Library, EntryPoint = "socketpair", SetLastError = true)]
    public static partial int SocketPair(int domain, int type, int protocol, Span<int> pair);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int DescriptorControl(SafeHandle descriptor, int command, int argument);

    [LibraryImport(Library, EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint ReceiveMessage(SafeHandle socket, ref MessageHeader message, int flags);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeHandle file, Span<byte> buffer, nint length);

    [LibraryImport(Library, EntryPoint = "writev", SetLastError = true)]
    public static unsafe partial nint WriteGathered(SafeHandle file, Buffer* buffers, int count);

    /// <summary><c>struct msghdr</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public Buffer* Buffers;
        public nint BufferCount;
        public void* Control;
        public nint ControlLength;
        public int Flags;
    }
}
