using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk;

/// <summary>
/// An open device whose reads and writes are whole messages, such as <c>/dev/fuse</c>. Thread-safe: several threads may read and write.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class MessageDevice(SafeFileHandle handle) : IDisposable
{
    private const int NoDevice = 19; // ENODEV: the file system was unmounted

    /// <summary>Waits for a message; null at the end. A message that the other side took back is skipped.</summary>
    /// <param name="buffer">Room for the longest message.</param>
    public int? Read(Span<byte> buffer)
    {
        while (true)
        {
            nint read = LibC.Read(handle, buffer, buffer.Length);
            if (read > 0)
            {
                return (int)read;
            }

            int error = read == 0 ? NoDevice : NativeFailure.Number;
            if (error == NoDevice)
            {
                return null;
            }

            if (error is not (ErrorNumber.Interrupted or ErrorNumber.WouldBlock or ErrorNumber.NoEntry))
            {
                throw NativeFailure.Last("read from the device");
            }
        }
    }

    /// <summary>Writes one message of two parts. False when no one waits for it any more.</summary>
    public unsafe bool Write(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        fixed (byte* first = head, second = body)
        {
            LibC.Buffer* parts = stackalloc LibC.Buffer[2];
            parts[0] = new LibC.Buffer(first, head.Length);
            parts[1] = new LibC.Buffer(second, body.Length);
            while (LibC.WriteGathered(handle, parts, body.IsEmpty ? 1 : 2) < 0)
            {
                switch (NativeFailure.Number)
                {
                    case ErrorNumber.Interrupted:
                        continue;
                    case ErrorNumber.NoEntry or NoDevice:
                        return false;
                    default:
                        throw NativeFailure.Last("write to the device");
                }
            }
        }

        return true;
    }

    public void Dispose() => handle.Dispose();
}
