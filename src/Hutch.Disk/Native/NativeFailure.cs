namespace Hutch.Disk.Native;

/// <summary>Makes an exception that says what failed and why from the last error number, its <see cref="Exception.HResult"/>.</summary>
internal static class NativeFailure
{
    /// <summary>The number of the last failed call: one of <see cref="ErrorNumber"/>, or another.</summary>
    public static int Number => Marshal.GetLastPInvokeError();

    /// <param name="action">As in "Cannot <i>open</i> 'PATH'".</param>
    public static IOException Last(string action, string path) => Number switch
    {
        ErrorNumber.NoSpace or ErrorNumber.Quota => new DiskFullException(path) { HResult = Number },
        ErrorNumber.NoEntry => new FileNotFoundException(Message($"{action} '{path}'"), path) { HResult = Number },
        _ => Last($"{action} '{path}'"),
    };

    public static IOException Last(string action) => new(Message(action), Number);

    /// <summary>Throws unless a call succeeded.</summary>
    public static void Check(int result, string action)
    {
        if (result < 0)
        {
            throw Last(action);
        }
    }

    /// <summary>Throws unless a call succeeded.</summary>
    public static void Check(int result, string action, string path)
    {
        if (result < 0)
        {
            throw Last(action, path);
        }
    }

    private static string Message(string action) => $"Cannot {action}: {Marshal.GetPInvokeErrorMessage(Number)}.";
}
