namespace Hutch.Formats.Native;

/// <summary>The calls of libzmq that we use. See http://api.zeromq.org/4-3:_start.</summary>
internal static unsafe partial class ZeroMqLibrary
{
    public const string SharedObject = "libzmq.so.5";

    public const int Pull = 7;
    public const int Push = 8;

    public const int Linger = 17;
    public const int SendHighWaterMark = 23;
    public const int ReceiveHighWaterMark = 24;
    public const int LastEndpoint = 32;
    public const int Immediate = 39;

    public const int DontWait = 1;
    public const int SendMore = 2;

    /// <summary>EAGAIN: a message cannot be sent or received now.</summary>
    public const int Again = 11;

    /// <summary>EINTR: a signal came in between.</summary>
    public const int Interrupted = 4;

    /// <summary>ETERM: the context was shut down.</summary>
    public const int Terminated = 156384765;

    // Not a field initialiser: the resolver must be there before the first import is bound.
    static ZeroMqLibrary() => NativeLibraries.Register();

    public static string VersionText()
    {
        int major, minor, patch;
        Version(&major, &minor, &patch);
        return string.Create(CultureInfo.InvariantCulture, $"{major}.{minor}.{patch}");
    }

    public static string ErrorText(int error) => Marshal.PtrToStringUTF8(StringOfError(error)) ?? "";

    /// <summary>
    /// Returns the error of the last call: errno, which libzmq sets and the runtime saves as the call returns. A call of <c>zmq_errno</c>
    /// would come too late: on its way back from native code, a thread may wait for a garbage collection, and that may set errno anew.
    /// </summary>
    public static int LastError() => Marshal.GetLastPInvokeError();

    [LibraryImport(SharedObject, EntryPoint = "zmq_ctx_new", SetLastError = true)]
    public static partial nint NewContext();

    /// <summary>Makes every call on the context's sockets, also one that waits, return <see cref="Terminated"/>.</summary>
    [LibraryImport(SharedObject, EntryPoint = "zmq_ctx_shutdown")]
    public static partial int ShutDownContext(nint context);

    /// <summary>Frees the context, once its sockets are closed.</summary>
    [LibraryImport(SharedObject, EntryPoint = "zmq_ctx_term")]
    public static partial int FreeContext(nint context);

    [LibraryImport(SharedObject, EntryPoint = "zmq_socket", SetLastError = true)]
    public static partial nint NewSocket(nint context, int type);

    [LibraryImport(SharedObject, EntryPoint = "zmq_close")]
    public static partial int Close(nint socket);

    [LibraryImport(SharedObject, EntryPoint = "zmq_bind", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Bind(nint socket, string endpoint);

    [LibraryImport(SharedObject, EntryPoint = "zmq_connect", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Connect(nint socket, string endpoint);

    [LibraryImport(SharedObject, EntryPoint = "zmq_setsockopt", SetLastError = true)]
    public static partial int SetOption(nint socket, int option, void* value, nuint bytes);

    [LibraryImport(SharedObject, EntryPoint = "zmq_getsockopt", SetLastError = true)]
    public static partial int GetOption(nint socket, int option, void* value, nuint* bytes);

    [LibraryImport(SharedObject, EntryPoint = "zmq_msg_init")]
    public static partial int InitMessage(Message* message);

    [LibraryImport(SharedObject, EntryPoint = "zmq_msg_init_size", SetLastError = true)]
    public static partial int InitMessage(Message* message, nuint bytes);

    [LibraryImport(SharedObject, EntryPoint = "zmq_msg_close")]
    public static partial int CloseMessage(Message* message);

    /// <summary>Makes <paramref name="destination"/> share the bytes of another message.</summary>
    [LibraryImport(SharedObject, EntryPoint = "zmq_msg_copy")]
    public static partial int CopyMessage(Message* destination, Message* source);

    [LibraryImport(SharedObject, EntryPoint = "zmq_msg_data")]
    public static partial void* Data(Message* message);

    [LibraryImport(SharedObject, EntryPoint = "zmq_msg_size")]
    public static partial nuint Size(Message* message);

    /// <summary>Returns 1 if another part of the same message follows, else 0.</summary>
    [LibraryImport(SharedObject, EntryPoint = "zmq_msg_more")]
    public static partial int HasMore(Message* message);

    /// <summary>Waits for a message unless the flags forbid it; it must have been initialised. Returns its bytes, or -1.</summary>
    [LibraryImport(SharedObject, EntryPoint = "zmq_msg_recv", SetLastError = true)]
    public static partial int Receive(Message* message, nint socket, int flags);

    /// <summary>Sends a message, which is empty afterwards; or returns -1 and leaves it as it is.</summary>
    [LibraryImport(SharedObject, EntryPoint = "zmq_msg_send", SetLastError = true)]
    public static partial int Send(Message* message, nint socket, int flags);

    [LibraryImport(SharedObject, EntryPoint = "zmq_version")]
    private static partial void Version(int* major, int* minor, int* patch);

    [LibraryImport(SharedObject, EntryPoint = "zmq_strerror")]
    private static partial nint StringOfError(int error);

    /// <summary>libzmq's <c>zmq_msg_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64, Pack = 8)]
    public struct Message
    {
        private readonly nint _opaque;
    }
}
