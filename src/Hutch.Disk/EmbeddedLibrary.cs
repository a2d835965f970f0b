using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk;

/// <summary>Loads a native library that is a resource of an assembly, without writing it to disk: the program stays one file.</summary>
[SupportedOSPlatform("linux")]
public static class EmbeddedLibrary
{
    /// <summary>
    /// The files of loaded libraries. They stay open: the loader knows libraries by their path, and would take a later file with the same
    /// number for an earlier one.
    /// </summary>
    private static readonly ConcurrentBag<SafeFileHandle> Loaded = [];

    /// <summary>
    /// Loads the resource <c>NAME-x64</c> or <c>NAME-arm64</c> from a file in memory (memfd_create(2)). Returns null if there is none for
    /// this system, or the system cannot load it.
    /// </summary>
    public static unsafe IntPtr? TryLoad(Assembly assembly, string name)
    {
        string architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        using var resource = (UnmanagedMemoryStream?)assembly.GetManifestResourceStream($"{name}-{architecture}");
        if (!OperatingSystem.IsLinux() || resource is null || Create(name) is not { } file)
        {
            return null;
        }

        RandomAccess.Write(file, new ReadOnlySpan<byte>(resource.PositionPointer, checked((int)resource.Length)), 0);
        if (!NativeLibrary.TryLoad($"/proc/self/fd/{file.DangerousGetHandle()}", out IntPtr loaded))
        {
            file.Dispose();
            return null;
        }

        Loaded.Add(file);
        return loaded;
    }

    /// <summary>Creates an executable file in memory. Kernels before 6.3 do not know the flag for it, and need none.</summary>
    private static SafeFileHandle? Create(string name)
    {
        int file = LibC.CreateInMemory(name, LibC.MemoryCloseOnExec | LibC.MemoryExecutable);
        file = file >= 0 ? file : LibC.CreateInMemory(name, LibC.MemoryCloseOnExec);
        return file >= 0 ? new SafeFileHandle(file, ownsHandle: true) : null;
    }
}
