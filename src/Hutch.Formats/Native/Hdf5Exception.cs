namespace Hutch.Formats.Native;

/// <summary>A call of libhdf5 failed.</summary>
internal sealed class Hdf5Exception(string call, string reason) : Exception($"{call}: {reason}")
{
    /// <summary>The innermost message of the library's error stack.</summary>
    public string Reason { get; } = reason;
}
