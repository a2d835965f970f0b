using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk;

/// <summary>
/// A pair of connected sockets: a child process inherits one and passes an open file through it (unix(7), SCM_RIGHTS). One use, one thread.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class DescriptorChannel : IDisposable
{
    private readonly SafeFileHandle _own;
    private readonly SafeFileHandle _childs;

    private DescriptorChannel(SafeFileHandle own, SafeFileHandle childs)
    {
        _own = own;
        _childs = childs;
    }

    /// <summary>The number of the socket that a child inherits. Start the child, then call <see cref="CloseChilds"/>.</summary>
    public int ChildDescriptor => (int)_childs.DangerousGetHandle();

    /// <exception cref="IOException">There are too many open files.</exception>
    public static DescriptorChannel Open()
    {
        Span<int> pair = stackalloc int[2];
        NativeFailure.Check(LibC.SocketPair(LibC.LocalSocket, LibC.Stream, 0, pair), "open a pair of sockets");
        var channel = new DescriptorChannel(
            new SafeFileHandle(pair[0], ownsHandle: true), new SafeFileHandle(pair[1], ownsHandle: true));
        NativeFailure.Check(
            LibC.DescriptorControl(channel._own, LibC.SetDescriptorFlags, LibC.DescriptorCloseOnExec), "keep a socket from children");
        return channel;
    }

    /// <summary>Closes this process's copy of the child's socket, so that the end of the child ends <see cref="Receive"/>.</summary>
    public void CloseChilds() => _childs.Dispose();

    /// <summary>Waits for the file; null when the child ended without passing one.</summary>
    public unsafe SafeFileHandle? Receive()
    {
        byte data;
        var buffer = new LibC.Buffer(&data, 1);
        nint* control = stackalloc nint[3]; // struct cmsghdr (length, level and type), then the descriptor
        var message = new LibC.MessageHeader { Buffers = &buffer, BufferCount = 1, Control = control, ControlLength = 3 * sizeof(nint) };
        nint received;
        do
        {
            received = LibC.ReceiveMessage(_own, ref message, LibC.CloseReceivedOnExec);
        }
        while (received < 0 && NativeFailure.Number == ErrorNumber.Interrupted);
        NativeFailure.Check((int)received, "receive an open file");
        int* words = (int*)(control + 1);
        bool isOne = received > 0 && message.ControlLength >= (2 * sizeof(nint)) + sizeof(int)
            && words[0] == LibC.SocketLevel && words[1] == LibC.Descriptors;
        return isOne ? new SafeFileHandle(words[2], ownsHandle: true) : null;
    }

    public void Dispose()
    {
        _own.Dispose();
        _childs.Dispose();
    }
}
