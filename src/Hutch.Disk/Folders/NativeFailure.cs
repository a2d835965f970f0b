using System.Runtime.InteropServices;

namespace Hutch.Disk.Folders;

/// <summary>Turns the error number of the C library into an exception that names the file and the reason.</summary>
internal static class NativeFailure
{
    /// <summary>The exception for the last failed call.</summary>
    internal static IOException Last(string action, string path)
    {
        int number = Marshal.GetLastPInvokeError();
        return new IOException($"Cannot {action} {Quote(path)}: {Marshal.GetPInvokeErrorMessage(number)}.", number);
    }

    /// <summary>Throws unless a call succeeded.</summary>
    internal static void Check(int result, string action, string path)
    {
        if (result < 0)
        {
            throw Last(action, path);
        }
    }

    private static string Quote(string path) => path.StartsWith("an ", StringComparison.Ordinal) ? path : $"'{path}'";
}
